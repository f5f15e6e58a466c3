#ifndef KD_SHELL_STATE_H
#define KD_SHELL_STATE_H

/** @file What the shell's own files share. Nothing here is public. */

#include "kd_disasm.h"
#include "kd_event_filters.h"
#include "kd_event_log.h"
#include "kd_expression.h"
#include "kd_file_server.h"
#include "kd_format.h"
#include "kd_handler.h"
#include "kd_modules.h"
#include "kd_pool_names.h"
#include "kd_record.h"
#include "kd_scope.h"
#include "kd_script.h"
#include "kd_shell.h"
#include "kd_shell_breakpoints.h"
#include "kd_source.h"
#include "kd_stepping.h"
#include "kd_symbols.h"
#include "kd_typed.h"
#include "kd_walk.h"

#include <stdio.h>

struct kd_command;

enum { KD_LINE_MAX = 1024, KD_PATH_MAX = 512, KD_USER_REGISTERS = 20 };
enum {
	KD_SYMBOL_SEARCH_MAX = 2048,
	/* "module!symbol+0x…" */
	KD_SYMBOL_TEXT_MAX =
		KD_SYMBOL_NAME_MAX + KD_SYMBOL_MODULE_NAME_MAX + 24,
};

/* How far the target's list of modules has been read. */
struct kd_module_list {
	struct kd_module_walk walk;
	bool started;
	bool complete; /* and events have told of every change since */
};

struct kd_shell {
	struct kd_allocator mem;
	struct kd_session *session;
	struct kd_shell_config config;
	/* where output stands */
	bool in_line;	 /* the last character was no newline */
	unsigned indent; /* spaces before each line: a multiple of 4 */
	bool open_line;	 /* it is ".printf"'s: what comes next goes on there */
	/* where output goes instead of the sink and the log; or NULL */
	struct kd_buffer *capture;
	/* of the command or event that is being shown, with JSON; or NULL */
	struct kd_record *record;
	FILE *log;
	bool log_wide; /* in UTF-16 */
	char log_name[KD_PATH_MAX];
	/* what commands leave for the next */
	enum kd_shell_next next;
	bool has_next_data;
	uint64_t next_data; /* d commands go on here */
	bool has_next_code;
	uint64_t next_code;		     /* u goes on here */
	uint64_t next_physical;		     /* !db and its like go on here */
	const struct kd_command *last_dump;  /* what "d" repeats; or NULL */
	const struct kd_command *last_enter; /* what "e" repeats; or NULL */
	unsigned register_mask;		     /* what "rm" set; 0: as usual */
	/* "s -[s]" keeps what it found for "s -[r]" */
	uint64_t *hits;
	size_t hit_count;
	/* of "2r": the processor that one command is about */
	bool has_processor;
	unsigned processor;
	/* the command language */
	unsigned radix;
	uint64_t user_registers[KD_USER_REGISTERS]; /* $t0 to $t19 */
	uint64_t last_value;			    /* $exp */
	struct kd_aliases aliases;
	struct kd_script script;
	bool joined; /* arguments stand directly behind the command's name */
	/* what happens in the target */
	struct kd_event_filters filters;
	/* the commands of each, at the first chance and at the second */
	char *filter_commands[KD_FILTERS_MAX][2];
	struct kd_shell_breakpoints breakpoints;
	size_t load_filter; /* of the load that a stop is due to, or none */
	bool left;	    /* it is of no use any more */
	bool print_hit;	    /* we break in because of what it printed */
	struct kd_handler *handler; /* of the commands that run; or NULL */
	char kd_files_name[KD_FILE_PATH_MAX]; /* the map; "": none was loaded */
	bool serves_files;
	/* what is known of the target */
	bool banner_shown;
	bool bug_check_announced; /* and not yet told of */
	bool bug_check_known;
	struct kd_bug_check bug_check;	/* if it was */
	uint64_t event_pc, previous_pc; /* of the last two stops */
	unsigned stops;			/* up to two */
	struct kd_event_log event_log;
	uint64_t last_shown; /* by a d command: $p */
	bool asked;	     /* it waits for the answer to a prompt */
	struct kd_module_list modules;
	struct kd_symbols *symbols;
	uint64_t process; /* that .process has set; 0: the one that runs */
	char symbol_path[KD_SYMBOL_SEARCH_MAX];
	struct kd_symbol_store *store;
	uint64_t download_told_us; /* when its progress was shown last */
	bool symbols_noisy;
	unsigned languages;  /* expressions of one in the other */
	char last_type[256]; /* what dt's "." stands for */
	struct kd_stepping stepping;
	struct kd_scope scope;
	struct kd_stacks stacks;
	struct kd_source source;
	/* whose pool tags are; and the program's file was read, if any */
	struct kd_pool_names pool_names;
	bool pool_names_asked;
};

/* ---- kd_shell_out.c: the only way to the sink and the log ---- */

/** Print; control characters, whoever sent them, come out escaped. */
void kd_out(struct kd_shell *sh, const char *format, ...) KD_PRINTF(2, 3);
/** Print text of any length. */
void kd_out_text(struct kd_shell *sh, const char *text, size_t len);
/** Begin a new line unless one has just begun. */
void kd_out_fresh_line(struct kd_shell *sh);
/** Into the log alone: what was typed at @p prompt. */
void kd_out_echo(struct kd_shell *sh, const char *prompt, const char *line);

/** "@p format: why." Returns @p status, for the caller to return. */
enum kd_status kd_shell_fail(struct kd_shell *sh, enum kd_status status,
			     const char *format, ...) KD_PRINTF(3, 4);

/** How a log is opened. Combine with |. */
enum kd_log_how {
	KD_LOG_APPEND = 1 << 0,
	KD_LOG_WIDE = 1 << 1, /**< UTF-16 instead of UTF-8 */
};

/** Open the log; says so, or why not. */
enum kd_status kd_log_file_open(struct kd_shell *sh, const char *path,
				unsigned how);
/** Close it; harmless if there is none. */
void kd_log_file_close(struct kd_shell *sh);

/* ---- kd_shell_target.c: the target as commands see it ---- */

/** The link's clock. */
uint64_t kd_shell_now(const struct kd_shell *sh);
/** The moment until which a request may take. */
uint64_t kd_shell_deadline(const struct kd_shell *sh);
unsigned kd_shell_pointer_size(const struct kd_shell *sh);
/** As kd_session_read(), with the shell's deadline. */
enum kd_status kd_shell_read(struct kd_shell *sh, uint64_t address, void *buf,
			     size_t len, size_t *ret_len);
/** Whose registers commands mean: the stopped one, or that of "2r". */
unsigned kd_shell_processor(const struct kd_shell *sh);
/**
 * The registers that commands mean: those of kd_shell_processor(), or those
 * that .cxr, .trap or .thread have set (kd_scope.h).
 */
enum kd_status kd_shell_context(struct kd_shell *sh, struct kd_context *ret);
/** As kd_shell_read(), all or nothing; physical memory if asked for. */
enum kd_status kd_shell_read_all(struct kd_shell *sh, uint64_t address,
				 bool physical, void *buf, size_t len);
/** Evaluate one expression; says what is wrong with it. */
enum kd_status kd_shell_evaluate(struct kd_shell *sh, const char **at,
				 uint64_t *ret);
/** The same; and nothing but space may follow it. */
enum kd_status kd_shell_evaluate_all(struct kd_shell *sh, const char *text,
				     uint64_t *ret);
/**
 * Evaluate an expression of C++ up to a parenthesis, which is taken too; says
 * what is wrong with it.
 */
enum kd_status kd_shell_evaluate_cpp(struct kd_shell *sh, const char **at,
				     uint64_t *ret);
/** Complain that @p at is too much, or does not belong there. */
enum kd_status kd_shell_syntax_error(struct kd_shell *sh, const char *at);
/** Evaluate a range; says what is wrong with it. */
enum kd_status kd_shell_range(struct kd_shell *sh, const char *text,
			      size_t size, struct kd_range *ret);
/** The same of a text that goes on behind it; moved behind spaces, too. */
enum kd_status kd_shell_range_take(struct kd_shell *sh, const char **at,
				   size_t size, struct kd_range *ret);

/* ---- kd_pseudo_registers.c ---- */

/**
 * "$ip" and its like, in any case.
 *
 * @return KD_E_NOT_FOUND if there is none of that name
 * @return KD_E_UNSUPPORTED if it has no value here
 * @return or what kd_shell_context() returned
 */
enum kd_status kd_pseudo_register_get(struct kd_shell *sh, const char *name,
				      uint64_t *ret);
/** "$t0" to "$t19". @return KD_E_NOT_FOUND for all others */
enum kd_status kd_pseudo_register_set(struct kd_shell *sh, const char *name,
				      uint64_t value);

/* ---- kd_shell.c ---- */

/**
 * Wait until the target stands still, and show what happens meanwhile.
 *
 * @return KD_E_TIMEOUT if the deadline passes
 * @return KD_E_LOST, KD_E_CANCELED
 * @return KD_E_STATE if the target asks something, and gets no answer
 */
enum kd_status kd_shell_wait_until(struct kd_shell *sh, uint64_t deadline_us);
/** As in WinDbg, what is written behind "g" comes after the next stop. */
enum kd_status kd_shell_wait_for_stop(struct kd_shell *sh);

/* ---- kd_shell_events.c, kd_shell_stops.c ---- */

/** The time stamp before an event, if it is wanted here. */
void kd_shell_show_time(struct kd_shell *sh, uint64_t time_us);
/** Show a stop, run its commands, and go on if nobody wants it. */
void kd_shell_stopped(struct kd_shell *sh, const struct kd_event *event);

/* ---- kd_command_filters.c ---- */

/** Have the session hold what has commands. */
void kd_filters_update(struct kd_shell *sh);
void kd_filters_forget_commands(struct kd_shell *sh);

/* ---- kd_shell_string.c: strings in the target ---- */

/** What stands at an address. */
enum kd_string_kind {
	KD_STRING_ASCII,
	KD_STRING_UNICODE,
	KD_STRING_ANSI_STRUCT,	  /**< an ANSI_STRING */
	KD_STRING_UNICODE_STRUCT, /**< a UNICODE_STRING */
};

/**
 * Append a string of the target, as UTF-8; cut to a few thousand characters.
 *
 * @return KD_OK, or a failure that has been talked about
 */
enum kd_status kd_shell_read_string(struct kd_shell *sh, uint64_t address,
				    enum kd_string_kind kind,
				    struct kd_buffer *out);

/* ---- kd_command_register_mask.c ---- */

/** Print the registers that a mask (kd_register_mask.h) asks for. */
enum kd_status kd_shell_show_masked(struct kd_shell *sh,
				    const struct kd_context *c, unsigned mask);

/* ---- kd_command_file.c ---- */

/** A whole file; says why if it cannot be read. */
enum kd_status kd_shell_read_file(struct kd_shell *sh, const char *path,
				  struct kd_buffer *out);

/* ---- kd_shell_symbols.c: names for addresses, addresses for names ---- */

/** @return KD_E_NOMEM */
enum kd_status kd_shell_symbols_init(struct kd_shell *sh);
/**
 * Append what an address is called: "nt!KeBugCheckEx+0x12"; where no symbol is
 * known, "nt+0x1234"; and nothing if no module is there.
 */
void kd_shell_symbol_text(struct kd_shell *sh, uint64_t address,
			  struct kd_text *out);
/**
 * What a name means in an expression: a module's base, or a symbol's address.
 *
 * @return KD_E_NOT_FOUND, or why it could not be looked up
 */
enum kd_status kd_shell_name_address(struct kd_shell *sh, const char *name,
				     uint64_t *ret);

/**
 * As kd_typed_at(): the module of the name is looked for in the target's list,
 * nt if there is none.
 */
enum kd_status kd_shell_typed_at(struct kd_shell *sh, const char *type,
				 uint64_t address, struct kd_typed *ret);
/** The same for kd_typed_symbol(). */
enum kd_status kd_shell_typed_symbol(struct kd_shell *sh, const char *name,
				     struct kd_typed *ret);

/* ---- kd_code_text.c ---- */

enum { KD_CODE_TEXT_MAX = KD_INSTRUCTION_TEXT_MAX + KD_SYMBOL_TEXT_MAX };

/**
 * An instruction's text, with a name before the address that it leads to or
 * uses: "call    nt!KeBugCheckEx (fffff800`01653000)".
 */
void kd_shell_instruction_text(struct kd_shell *sh,
			       const struct kd_instruction *instruction,
			       char out[KD_CODE_TEXT_MAX]);

/* ---- kd_shell_modules.c: the modules of the target ---- */

/** Nothing is known of the target's modules any more. */
void kd_shell_forget_modules(struct kd_shell *sh);
/** The target may have run: a list that was half read begins anew. */
void kd_shell_modules_ran(struct kd_shell *sh);
/** A module that an event tells of. */
void kd_shell_add_module(struct kd_shell *sh, const struct kd_symbol_module *m);
/**
 * Read the target's list to its end, unless that has been done.
 *
 * @return KD_E_TARGET if it breaks off: sh->modules.walk.unreadable
 * @return KD_E_STATE if the target runs
 */
enum kd_status kd_shell_read_modules(struct kd_shell *sh);
/**
 * The module that holds an address; the target's list is read as far as it
 * takes. NULL if none does.
 */
const struct kd_symbol_module *kd_shell_module_at(struct kd_shell *sh,
						  uint64_t address);
/** The same by name, in any case. */
const struct kd_symbol_module *kd_shell_module_named(struct kd_shell *sh,
						     const char *name);

/* ---- kd_command_undo.c ---- */

/** Undo all that is not undone, and say how that went. */
enum kd_status kd_shell_undo(struct kd_shell *sh);
/** Offer to undo what an earlier session left behind, or do so. */
void kd_shell_show_leftover(struct kd_shell *sh);

/* ---- kd_command_kdfiles.c ---- */

/** What a target was answered that asked for a file. */
void kd_shell_show_file(struct kd_shell *sh, const struct kd_event *event);
void kd_shell_record_file(struct kd_shell *sh, const struct kd_event *event);

/* ---- kd_command_code.c ---- */

/** "nt!KeBugCheckEx+0x12:", if a known module holds the address. */
void kd_shell_show_symbol(struct kd_shell *sh, uint64_t address);
/**
 * Where the target stands: symbol and instruction.
 *
 * @param bytes  of the instruction and beyond; NULL: read them
 */
void kd_shell_show_location(struct kd_shell *sh, uint64_t pc,
			    const uint8_t *bytes, size_t len);

/** Where a u command without an address goes on: behind the last, or at pc. */
uint64_t kd_shell_next_code(struct kd_shell *sh);
/** Is an address where a symbol begins? */
bool kd_shell_starts_symbol(struct kd_shell *sh, uint64_t address);
/**
 * One line of u, and what programs get of it.
 *
 * @param before  text at the line's start
 * @param behind  text at its end
 * @return KD_E_TARGET where memory cannot be read; that has been shown
 */
enum kd_status kd_shell_show_instruction(struct kd_shell *sh, uint64_t address,
					 const char *before, const char *behind,
					 struct kd_instruction *ret);

/* ---- kd_command_context.c ---- */

/** Registers and where they stand, as "r" shows them. */
enum kd_status kd_shell_show_context(struct kd_shell *sh,
				     const struct kd_context *c);

/* ---- kd_event_record.c: events for programs ---- */

/** "stopped", "print" and so on. */
const char *kd_shell_event_name(enum kd_event_kind kind);
/** The event's fields, into the open record. */
void kd_shell_record_event(struct kd_shell *sh, const struct kd_event *event);

/* ---- kd_shell_banner.c ---- */

/**
 * An address that the kernel's debugger data block (KDBG) has at @p offset.
 *
 * @return KD_E_NOT_FOUND if there is no such block, or no address there
 */
enum kd_status kd_shell_kdbg_pointer(struct kd_shell *sh, uint32_t offset,
				     uint64_t *ret);

/** The target's clock: tenths of a microsecond since 1601. False: unknown. */
bool kd_shell_system_time(struct kd_shell *sh, uint64_t *ret);
/** Its clock's ticks since it started, the low 32 bits. False: unknown. */
bool kd_shell_tick_count(struct kd_shell *sh, uint32_t *ret);

/** What WinDbg prints when a connection stands. */
void kd_shell_show_banner(struct kd_shell *sh, const struct kd_stop *stop);
/** What is known of the target's system: the body of vertarget. */
void kd_shell_show_system(struct kd_shell *sh, unsigned processors);
/** " at (Wed Feb 28 17:16:23.051 2018 (UTC + 0:00))", if there is a clock. */
void kd_shell_add_wall_time(const struct kd_shell *sh, struct kd_text *out);

#endif
