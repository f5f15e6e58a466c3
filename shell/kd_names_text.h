#ifndef KD_NAMES_TEXT_H
#define KD_NAMES_TEXT_H

/**
 * @file
 * WinDbg's names for what a target gives as numbers: exceptions, releases,
 * products. And what each notice tells a waiting user.
 */

#include "kd_link.h"
#include "kd_manipulate.h"
#include "kd_notice.h"
#include "kd_text.h"

/** "Access violation"; "Unknown exception" for a code without a name. */
const char *kd_exception_name(uint32_t code);

/** "Windows 10", "Windows Boot Debugger", … */
const char *kd_release_name(const struct kd_version *v);

/** "x64", "x86 compatible", … */
const char *kd_machine_name(enum kd_arch arch);

/** Append "Product: WinNt, suite: TerminalServer SingleUserTS". */
void kd_add_product(struct kd_text *out, uint32_t product, uint32_t suites);

enum { KD_NOTICE_TEXT_MAX = 512 };

/**
 * Append what a notice means and what to do about it.
 *
 * @param link_name  as people know the link: "UDP port 50000"
 */
void kd_add_notice(struct kd_text *out, const struct kd_notice_report *notice,
		   enum kd_link_kind kind, const char *link_name);

#endif
