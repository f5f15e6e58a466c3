#ifndef KD_HUNT_H
#define KD_HUNT_H

/** @file What the files of !poolhunt share. */

#include "kd_commands.h"
#include "kd_pool_growth.h"
#include "kd_pool_hunt.h"
#include "kd_pool_measure.h"

enum { KD_HUNT_SECOND_US = 1000000 };

/** What was asked for. */
struct kd_hunt_options {
	bool has_tag;
	uint32_t tag;
	uint64_t watch_s;   /**< how long tags are compared with themselves */
	uint64_t collect_s; /**< how long stacks are collected at most */
	uint64_t hits;	    /**< or so many; 0: as there are */
	uint64_t share;	    /**< percent for which the target may stand still */
	bool keep;	    /**< no place gets a tag of its own */
	char folded[KD_PATH_MAX], svg[KD_PATH_MAX]; /**< "": none */
};

/** Says what is wrong with them. */
enum kd_status kd_hunt_options_take(struct kd_shell *sh, const char *args,
				    struct kd_hunt_options *ret);

/** One command, while it runs. */
struct kd_hunt {
	struct kd_shell *sh;
	struct kd_hunt_options options;
	struct kd_pool_code code;
	struct kd_pool pool;
	/* the places; retagged of them, all or none, have tags of their own */
	struct kd_pool_site site[KD_POOL_SITES_MAX];
	size_t sites, retagged;
	bool sites_cut;
	struct kd_pool_tags sample[KD_POOL_SAMPLES_MAX];
	size_t samples;
	uint32_t tag;			 /**< that is hunted */
	uint32_t hit_tag;		 /**< whose stacks are collected */
	struct kd_pool_growth growth;	 /**< of the latter, before */
	struct kd_pool_hunt *hunt;	 /**< NULL: no stacks were collected */
	struct kd_pool_hunt_state state; /**< as it was at the end of it */
	enum kd_pool_hunt_end end;
	bool stopped; /**< something else has stopped the target */
	/* shown last: then all names are forgotten */
	struct kd_event reboot;
};

/** Text and record of what was found out. */
void kd_hunt_report(struct kd_hunt *h);

/** Write /folded and /svg, as far as they were asked for. */
enum kd_status kd_hunt_write_files(struct kd_hunt *h);

/** The places of the tag, before anything is done. */
void kd_hunt_show_sites(struct kd_hunt *h);

/** One line: how much it grew, by each place's own tag. */
void kd_hunt_show_growth(struct kd_hunt *h);

/**
 * "myfault!MyfaultLeakMemory": the function that holds an address, without an
 * offset.
 */
void kd_hunt_function_text(struct kd_hunt *h, uint64_t address,
			   struct kd_text *out);

#endif
