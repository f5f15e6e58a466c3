#ifndef LAB_MACHINE_H
#define LAB_MACHINE_H

/**
 * @file
 * What stands behind the stub: a computer, or what looks like one from the
 * debugger's side. The stub asks it what happens next, stops it, looks into
 * it and lets it go on. Every operation may be NULL (there is no such thing
 * here) except run, next, resume, version and read_virtual.
 *
 * An emulated machine runs a slice in run() and says in next() when it wants
 * the next one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lab_event_kind {
	LAB_EVENT_PRINT,   /**< text */
	LAB_EVENT_PROMPT,  /**< text; answered by answer() */
	LAB_EVENT_TRACE,   /**< text: bytes nobody reads */
	LAB_EVENT_LOAD,	   /**< a stop: module came or went */
	LAB_EVENT_STOP,	   /**< a stop: exception */
	LAB_EVENT_COMMAND, /**< a stop: text is "name\0command\0" */
	LAB_EVENT_FILE,	   /**< text is a file's path; see file_answer() */
	LAB_EVENT_DEBUG_REGISTER, /**< may it have one? see answer() */
	LAB_EVENT_REBOOT,
};

/** x64's control report (KD-WIRE 3.2). */
struct lab_report {
	uint64_t dr6, dr7;
	uint32_t eflags;
	/** KD-WIRE's ReportFlags. */
	uint16_t flags;
	/** Bytes of stream; 0: the stub reads them at pc. */
	uint16_t count;
	uint8_t stream[16];
	uint16_t cs, ds, es, fs;
};

/** What happened. Pointers are the machine's, valid until it runs again. */
struct lab_event {
	enum lab_event_kind kind;
	uint16_t level, processor;
	const char *text;
	size_t len;

	/* of the three kinds of stops */
	uint64_t thread, pc;
	struct lab_report report;

	/* LAB_EVENT_STOP */
	uint32_t code, flags;
	bool first_chance;
	uint64_t address;
	uint32_t parameters;
	uint64_t parameter[4];

	/* LAB_EVENT_LOAD; text is the path with its NUL, len 0 for none */
	bool unload;
	uint64_t base, process;
	uint32_t checksum, size;
};

/** How the host lets it go on (KD-WIRE 8.1, 8.2). */
struct lab_resume {
	uint32_t status;
	bool has_control; /**< the rest was said */
	bool trace;
	uint64_t dr7;
};

/** KD-WIRE 4.6. */
struct lab_version {
	uint16_t major, minor;
	uint8_t protocol, secondary;
	uint16_t flags, machine_type;
	uint8_t max_packet, max_state, max_manipulate, simulation;
	uint16_t unused;
	uint64_t kernel, modules, debugger_data;
};

/** KD-WIRE 4.2, QueryMemory. */
enum lab_space { LAB_SPACE_PROCESS, LAB_SPACE_SESSION, LAB_SPACE_KERNEL };

struct lab_machine;

struct lab_machine_ops {
	/** Run up to now. False: nothing to tell. */
	bool (*run)(struct lab_machine *m, uint64_t now_us,
		    struct lab_event *ret);
	/** When to run it next; UINT64_MAX: never by itself. */
	uint64_t (*next)(struct lab_machine *m);
	/** Stop it as a break-in does. False: not now, but perhaps in run(). */
	bool (*break_in)(struct lab_machine *m, uint64_t now_us,
			 struct lab_event *ret);
	void (*resume)(struct lab_machine *m, uint64_t now_us,
		       const struct lab_resume *how);
	/** It starts anew, from power-on. */
	void (*reboot)(struct lab_machine *m, uint64_t now_us);
	void (*bug_check)(struct lab_machine *m, uint64_t now_us);
	/** The stop, reported by another processor. False: no such one. */
	bool (*switch_processor)(struct lab_machine *m, unsigned processor,
				 struct lab_event *ret);
	/** To a prompt: text. To a debug register: "1" or "0". */
	void (*answer)(struct lab_machine *m, const char *text, size_t len);
	/** The host's file; NULL: it has none, take your own. */
	void (*file_answer)(struct lab_machine *m, const uint8_t *bytes,
			    size_t len);

	unsigned (*processors)(struct lab_machine *m);
	void (*version)(struct lab_machine *m, struct lab_version *ret);

	/* Bytes from the first on that could be read or written. */
	size_t (*read_virtual)(struct lab_machine *m, uint64_t address,
			       uint8_t *out, size_t len);
	size_t (*write_virtual)(struct lab_machine *m, uint64_t address,
				const uint8_t *bytes, size_t len);
	size_t (*read_physical)(struct lab_machine *m, uint64_t address,
				uint8_t *out, size_t len);
	size_t (*write_physical)(struct lab_machine *m, uint64_t address,
				 const uint8_t *bytes, size_t len);
	enum lab_space (*space_of)(struct lab_machine *m, uint64_t address);

	/** The CONTEXT of KD-WIRE 5; its size, 0: no such processor. */
	size_t (*get_context)(struct lab_machine *m, unsigned processor,
			      uint8_t *out, size_t cap);
	bool (*set_context)(struct lab_machine *m, unsigned processor,
			    const uint8_t *bytes, size_t len);
	/** It knows GetContextEx and SetContextEx, too. */
	bool context_ex;
	/** KD-WIRE 4.5; bytes, 0: no such selector or processor. */
	size_t (*read_control)(struct lab_machine *m, unsigned processor,
			       uint64_t selector, uint8_t *out, size_t len);
	size_t (*write_control)(struct lab_machine *m, unsigned processor,
				uint64_t selector, const uint8_t *bytes,
				size_t len);

	bool (*read_msr)(struct lab_machine *m, unsigned processor,
			 uint32_t msr, uint64_t *ret);
	bool (*write_msr)(struct lab_machine *m, unsigned processor,
			  uint32_t msr, uint64_t value);
	/** @p size is 1, 2 or 4. */
	uint32_t (*read_io)(struct lab_machine *m, uint64_t port,
			    unsigned size);
	void (*write_io)(struct lab_machine *m, uint64_t port, unsigned size,
			 uint32_t value);
	/** PCI configuration space; bytes, 0: no such device. */
	size_t (*read_pci)(struct lab_machine *m, unsigned bus, unsigned slot,
			   unsigned offset, uint8_t *out, size_t len);

	void (*destroy)(struct lab_machine *m);
};

/** Base of every machine; the first member of each kind's own struct. */
struct lab_machine {
	const struct lab_machine_ops *ops;
};

/** NULL is accepted. */
static inline void lab_machine_destroy(struct lab_machine *m)
{
	if (m)
		m->ops->destroy(m);
}

/**
 * A small hand-made x64 kernel of build 22621 with two processors. It runs no
 * code, but prints, loads, stops and crashes as if. NULL if memory is short.
 */
struct lab_machine *lab_machine_static_create(void);

/**
 * Make a static machine ask this (DbgPrompt) when it is up. It says what it
 * was answered; at an answer that begins with 'b' it stops.
 *
 * @param text  lives as long as the machine; NULL: it asks nothing
 */
void lab_machine_static_ask(struct lab_machine *m, const char *text);

/**
 * The Windows boot debugger of build 10586 that a KDNET capture recorded.
 *
 * @param path  a pcapng file compressed by gzip
 * @param key   its KDNET key
 * @param error receives a sentence if it fails
 * @return NULL if the file cannot be read, or does not hold what it should
 */
struct lab_machine *lab_machine_captured_create(const char *path,
						const char *key, char *error,
						size_t error_cap);

#endif
