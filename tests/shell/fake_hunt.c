/* Hunts need a target that runs: test_hunt_live.c has one. */

#include "fake_session.h"
#include "kd_pool_hunt.h"

enum kd_status kd_pool_tag_sites(const struct kd_pool_code *c, uint32_t tag,
				 struct kd_pool_site *sites, size_t cap,
				 size_t *ret, bool *ret_cut)
{
	(void)c;
	(void)tag;
	(void)sites;
	(void)cap;
	(void)ret;
	(void)ret_cut;
	return KD_E_UNSUPPORTED;
}

bool kd_pool_sites_are_safe(const struct kd_pool_site *sites, size_t count)
{
	(void)sites;
	(void)count;
	return false;
}

enum kd_status kd_pool_retag(const struct kd_pool_code *c,
			     struct kd_pool_site *sites, size_t count,
			     bool force, kd_pool_taken_fn *taken, void *ctx)
{
	(void)c;
	(void)sites;
	(void)count;
	(void)force;
	(void)taken;
	(void)ctx;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_retag_undo(const struct kd_pool_code *c,
				  struct kd_pool_site *sites, size_t count)
{
	(void)c;
	(void)sites;
	(void)count;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_hit_tag_get(const struct kd_pool_code *c, uint32_t *ret)
{
	(void)c;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_hit_tag_set(const struct kd_pool_code *c, uint32_t tag)
{
	(void)c;
	(void)tag;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_hit_tag_clear(const struct kd_pool_code *c)
{
	(void)c;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_function_at(const struct kd_pool_code *c,
				   const struct kd_pe *pe, uint64_t address,
				   uint64_t *ret)
{
	(void)c;
	(void)pe;
	(void)address;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_pool_hunt_create(const struct kd_allocator *mem,
				   const struct kd_pool_hunt_config *config,
				   struct kd_pool_hunt **ret)
{
	(void)mem;
	(void)config;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

void kd_pool_hunt_destroy(struct kd_pool_hunt *h)
{
	(void)h;
}

enum kd_status kd_pool_hunt_run(struct kd_pool_hunt *h,
				enum kd_pool_hunt_end *ret)
{
	(void)h;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

void kd_pool_hunt_get_state(const struct kd_pool_hunt *h,
			    struct kd_pool_hunt_state *ret)
{
	(void)h;
	(void)ret;
}

struct kd_pool_ledger *kd_pool_hunt_ledger(struct kd_pool_hunt *h)
{
	(void)h;
	return NULL;
}
