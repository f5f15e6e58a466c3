#ifndef PE_UNWIND_H
#define PE_UNWIND_H

/** @file The function table of an image, for "crashcart pe --unwind". */

#include <crashcart/crashcart.h>

/**
 * Print each function's unwind data; nothing for a machine without a table.
 *
 * @param j  an object that gets a member "unwind"; NULL: text to stdout
 * @return KD_OK, or why some of it could not be shown; the rest was
 */
enum kd_status pe_unwind_print(const struct kd_pe *pe, struct kd_json *j);

#endif
