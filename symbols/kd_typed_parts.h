#ifndef KD_TYPED_PARTS_H
#define KD_TYPED_PARTS_H

/** @file What the files of typed places share; for them only. */

#include "kd_typed.h"

/** Types behind types that are followed; a damaged file can tie a ring. */
enum { KD_TYPED_CHAIN_MAX = 64 };

/** Say what is not there. Returns KD_E_NOT_FOUND. */
enum kd_status kd_typed_missing(struct kd_symbols *s, const char *format, ...)
	KD_PRINTF(2, 3);
/** Say what was asked for in vain. Returns KD_E_ARG. */
enum kd_status kd_typed_refused(struct kd_symbols *s, const char *format, ...)
	KD_PRINTF(2, 3);
/** Say what a PDB has complained about. Returns @p st. */
enum kd_status kd_typed_passed_on(struct kd_symbols *s, struct kd_pdb *pdb,
				  enum kd_status st);

/** The PDB with the type. */
enum kd_status kd_typed_pdb(const struct kd_typed *t, struct kd_pdb **ret);

/** The place at @p address that has type @p type of the same PDB. */
struct kd_typed kd_typed_of(const struct kd_typed *t, uint32_t type,
			    uint64_t address);

#endif
