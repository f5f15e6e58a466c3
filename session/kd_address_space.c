#include "kd_address_space.h"
#include "kd_session_parts.h"

static enum kd_status read_physical(void *ctx, uint64_t address, void *buf,
				    size_t len)
{
	const struct kd_physical *p = ctx;
	uint8_t *to = buf;

	while (len) {
		size_t n;
		enum kd_status st =
			kd_session_read(p->session, address, to, len,
					KD_ACCESS_PHYSICAL, p->deadline_us, &n);

		if (st != KD_OK)
			return st;
		address += n;
		to += n;
		len -= n;
	}
	return KD_OK;
}

struct kd_memory kd_physical_memory(struct kd_physical *p)
{
	return (struct kd_memory){ read_physical, p };
}

void kd_session_set_address_space(struct kd_session *s,
				  const struct kd_page_tables *tables)
{
	s->has_address_space = tables;
	if (tables)
		s->address_space = *tables;
}

const struct kd_page_tables *kd_session_address_space(
	const struct kd_session *s)
{
	return s->has_address_space ? &s->address_space : NULL;
}

bool kd_address_space_has(const struct kd_session *s, uint64_t address,
			  unsigned flags)
{
	return s->has_address_space && !(flags & KD_ACCESS_PHYSICAL) &&
	       kd_address_is_user(s->address_space.paging, address);
}

enum kd_status kd_address_space_find(struct kd_session *s, uint64_t address,
				     uint64_t deadline_us, uint64_t *ret,
				     size_t *len)
{
	struct kd_physical p = { s, deadline_us };
	struct kd_memory memory = kd_physical_memory(&p);
	struct kd_page_walk walk;
	uint64_t left;
	enum kd_status st =
		kd_page_walk(&s->address_space, &memory, address, &walk);

	/* a table that is not there maps nothing */
	if (st == KD_E_ARG || (st == KD_OK && !walk.is_mapped))
		st = KD_E_TARGET;
	if (st == KD_E_TARGET)
		kd_detail_set(&s->detail, "nothing is mapped there in the "
					  "process that is looked at");
	if (st != KD_OK)
		return st;
	left = walk.page_size - (walk.physical & (walk.page_size - 1));
	if (*len > left)
		*len = (size_t)left;
	*ret = walk.physical;
	return KD_OK;
}
