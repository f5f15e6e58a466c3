#ifndef LAB_SCENE_H
#define LAB_SCENE_H

/**
 * @file
 * An emulated machine without a stub, for tests: it runs in virtual time up
 * to a stop, and everything in it has a name.
 */

#include "lab_machine_emulated.h"
#include "lab_offsets.h"
#include "lab_unwind.h"

enum { LAB_SCENE_TEXT = 8192, LAB_SCENE_FRAMES = 24 };

struct lab_scene {
	struct lab_machine *machine;
	const struct lab_offsets *offsets;
	unsigned layout;
	uint64_t now_us;
	struct lab_modules_seen seen;
	struct lab_map map[LAB_UNWIND_MODULES];
	struct lab_event event;	   /* the last stop, load or unload */
	char text[LAB_SCENE_TEXT]; /* what was printed */
};

/** A machine that is not on yet; false, after a failed check, if not so. */
bool lab_scene_create(struct lab_scene *s, unsigned layout,
		      unsigned processors);
/** Power it on; false, after a failed check, if it does not come up. */
bool lab_scene_boot(struct lab_scene *s);
/** Both. */
bool lab_scene_start(struct lab_scene *s, unsigned layout, unsigned processors);
void lab_scene_end(struct lab_scene *s);

/** Run until a stop; false: none came within @p us. */
bool lab_scene_until_stop(struct lab_scene *s, uint64_t us);
/** Run for so long, which must not stop. */
void lab_scene_run(struct lab_scene *s, uint64_t us);
/** Break in. */
bool lab_scene_break(struct lab_scene *s);
/** Go on from a stop, over an int 3 if there is one. */
void lab_scene_go(struct lab_scene *s);

/** The address of a name in any image; 0: none. */
uint64_t lab_scene_symbol(const struct lab_scene *s, const char *name);
/** Memory; zero, after a failed check, if it is not there. */
uint64_t lab_scene_read64(struct lab_scene *s, uint64_t address);
uint32_t lab_scene_read32(struct lab_scene *s, uint64_t address);
void lab_scene_write32(struct lab_scene *s, uint64_t address, uint32_t value);

/** Names of the frames from @p f on, to the stack's end: how many. */
size_t lab_scene_walk(struct lab_scene *s, struct lab_frame_registers f,
		      const char *ret[LAB_SCENE_FRAMES]);
/** The registers of a processor. */
struct lab_frame_registers lab_scene_registers(struct lab_scene *s,
					       unsigned processor);

#endif
