#ifndef KD_RECORD_H
#define KD_RECORD_H

/**
 * @file
 * What a command or an event says to programs: typed fields, written beside
 * the text that people read. Without kd_shell_config.json nothing is kept,
 * and the calls cost nothing.
 *
 * The outermost object is open when a command begins. Keys are words of ours;
 * inside a list they are NULL.
 */

#include "kd_buffer.h"
#include "kd_json.h"

struct kd_shell;

enum { KD_RECORD_DEPTH = 16 };

/** One command's or event's; lives on the stack of whoever runs it. */
struct kd_record {
	struct kd_buffer fields; /* JSON, without the outermost brackets */
	struct kd_buffer text;	 /* what people would read */
	struct kd_json json;	 /* into fields */
	char closing[KD_RECORD_DEPTH];
	unsigned depth;
	struct kd_record *outer;
	struct kd_shell *sh;
};

/** "0x…", for whatever has up to 64 bits. */
void kd_record_address(struct kd_shell *sh, const char *key, uint64_t value);
/** A number that JSON's readers keep exactly: counts, sizes, indices. */
void kd_record_number(struct kd_shell *sh, const char *key, uint64_t value);
void kd_record_flag(struct kd_shell *sh, const char *key, bool value);
/** Text of any sort, NUL-terminated. */
void kd_record_text(struct kd_shell *sh, const char *key, const char *text);
void kd_record_text_len(struct kd_shell *sh, const char *key, const char *text,
			size_t len);
/** Hexadecimal digits, two for each byte, in the order of addresses. */
void kd_record_bytes(struct kd_shell *sh, const char *key, const void *bytes,
		     size_t len);
void kd_record_null(struct kd_shell *sh, const char *key);

/** Begin an object or a list; each needs its kd_record_close(). */
void kd_record_open(struct kd_shell *sh, const char *key);
void kd_record_open_list(struct kd_shell *sh, const char *key);
void kd_record_close(struct kd_shell *sh);

/* ---- for whoever runs commands and shows events ---- */

/**
 * Fields and text go to @p r until it ends. Nothing is begun without JSON,
 * or while output is captured.
 *
 * @return false if nothing was begun; @p r is not to be ended then
 */
bool kd_record_begin(struct kd_shell *sh, struct kd_record *r);
/** Write it out: one line to the sink. */
void kd_record_end_command(struct kd_record *r, const char *name,
			   const char *args, enum kd_status status, bool quiet);
/** @param name  the event's, for its "event" member */
void kd_record_end_event(struct kd_record *r, const char *name,
			 uint64_t time_us);

#endif
