#ifndef LAB_DRIVE_H
#define LAB_DRIVE_H

/**
 * @file
 * For tests of the emulated machine: a primitive debugger's user, packet by
 * packet in simulated time. It lets everything go on but exceptions, notes
 * what it hears, and looks into what is stopped.
 */

#include "lab_host.h"
#include "lab_machine_emulated.h"

enum { LAB_DRIVE_TEXT = 8192, LAB_DRIVE_MODULES = 16 };

struct lab_drive_config {
	enum lab_dialect dialect;
	const char *scenario;
	uint64_t seed;
	unsigned layout; /* 0 for 1 */
	unsigned processors;
};

struct lab_drive {
	struct lab_host host;
	unsigned layout;
	char text[LAB_DRIVE_TEXT]; /* printed so far */
	size_t text_len;
	const char *answer; /* to prompts; NULL: none comes */
	unsigned prompts, files, commands, unloads;
	struct {
		char name[128];
		uint64_t base;
		uint32_t size;
	} module[LAB_DRIVE_MODULES];
	size_t modules; /* ever loaded */
	/* the host's file for every driver; NULL: none */
	const uint8_t *file;
	size_t file_len;
	uint64_t dr7; /* that Continue2 gives back */
	uint8_t stop[LAB_STATE_SIZE];
};

void lab_drive_start(struct lab_drive *d, const struct lab_drive_config *c);
void lab_drive_end(struct lab_drive *d);

/** Until an exception stops it; false: none does until that time. */
bool lab_drive_until_stop(struct lab_drive *d, uint64_t until_us);
/** The same, counted from now. */
bool lab_drive_for(struct lab_drive *d, uint64_t us);
/** Until it says that it is up. */
bool lab_drive_boot(struct lab_drive *d);
/** Boot, and break in. */
bool lab_drive_boot_stopped(struct lab_drive *d);

/* Of the stop. */
uint64_t lab_drive_pc(const struct lab_drive *d);
uint32_t lab_drive_code(const struct lab_drive *d);
unsigned lab_drive_processor(const struct lab_drive *d);

/* What a stopped machine is asked for; each asserts that it works. */
void lab_drive_read(struct lab_drive *d, uint64_t address, void *out,
		    size_t len);
void lab_drive_write(struct lab_drive *d, uint64_t address, const void *bytes,
		     size_t len);
void lab_drive_get_context(struct lab_drive *d, unsigned processor,
			   uint8_t *out);
void lab_drive_set_context(struct lab_drive *d, unsigned processor,
			   const uint8_t *context);
/** Debug registers, of every processor. */
void lab_drive_debug(struct lab_drive *d, unsigned n, uint64_t address,
		     uint64_t dr7);
uint32_t lab_drive_breakpoint(struct lab_drive *d, uint64_t address);

/** Behind the int 3 at the PC, if there is one. */
void lab_drive_skip(struct lab_drive *d);
/** Continue2. */
void lab_drive_go(struct lab_drive *d, uint32_t status, bool trace);
/** One step; asserts that it stops. */
void lab_drive_step(struct lab_drive *d);

/** Of a module by the start of its name; asserts that it is there. */
uint64_t lab_drive_base(const struct lab_drive *d, const char *module);
/** By the linker's map of an image: "ntkrnlmp", "myfault", ... */
uint64_t lab_drive_symbol(const struct lab_drive *d, const char *image,
			  const char *name);
/** Where bytes are in a module, as the target finds them; 0: nowhere. */
uint64_t lab_drive_find(struct lab_drive *d, const char *module,
			const void *bytes, size_t len);

#endif
