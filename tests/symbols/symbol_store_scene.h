#ifndef SYMBOL_STORE_SCENE_H
#define SYMBOL_STORE_SCENE_H

/*
 * A folder with a symbol store, a PDB for it, and what the store says.
 */

#include "kd_symbol_store.h"

enum { PATH_LEN = 512, SAID_LEN = 8192, PUBLICS = 4000 };

#define KEY                                                                    \
	"03020100050407060809"                                                 \
	"0A0B0C0D0E0F3"
#define IN_STORE "lab.pdb/" KEY "/lab.pdb"

/* A PDB, a folder, and what the store says. */
struct store_scene {
	uint8_t *pdb;
	size_t len;
	struct kd_symbol_file want;
	char folder[64];
	char said[SAID_LEN];
	unsigned progress; /* calls */
	unsigned cancel_at;
	struct kd_symbol_store *store;
};

/* false: it failed and said so. */
bool store_scene_start(struct store_scene *s);
void store_scene_end(struct store_scene *s);

/* Folders of a path that is made up are made first. */
void store_scene_write(const struct store_scene *s, const char *name,
		       const void *bytes, size_t len);

/* Whether there is a file of the PDB's size. */
bool store_scene_has(const struct store_scene *s, const char *name);

/* A new store; '@' in a path is the scene's folder, '^' the server. */
void store_scene_open(struct store_scene *s, const char *path,
		      const char *server);

/* The first place, without the folder in front; "" if there is none. */
const char *store_scene_first(struct store_scene *s, enum kd_status *ret);

#endif
