/* Linked lists, which a broken or lying target can bend into anything. */

#include "kd_typed_parts.h"

#include <string.h>

/*
 * The pointer that a linking member consists of: itself, or the first one of
 * a LIST_ENTRY or SINGLE_LIST_ENTRY.
 */
static enum kd_status find_pointer(const struct kd_typed *member,
				   struct kd_typed *ret, bool *ret_is_itself)
{
	static const char *const names[] = { "Flink", "Next" };
	struct kd_pdb_type type;
	enum kd_status st = kd_typed_type(member, &type);

	*ret_is_itself = st == KD_OK && type.kind == KD_TYPE_POINTER;
	*ret = *member;
	if (st != KD_OK || *ret_is_itself)
		return st;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		st = kd_typed_field(member, names[i], ret);
		if (st != KD_E_NOT_FOUND)
			break;
	}
	if (st == KD_OK)
		st = kd_typed_type(ret, &type);
	if (st == KD_OK && type.kind == KD_TYPE_POINTER)
		return KD_OK;
	return st != KD_OK && st != KD_E_NOT_FOUND
		       ? st
		       : kd_typed_refused(member->symbols,
					  "that member links nothing");
}

/* Does it lead to the entries themselves? Else to a member of them. */
static enum kd_status leads_to_entry(const struct kd_typed *pointer,
				     const struct kd_typed *entry, bool *ret)
{
	struct kd_pdb_type type;
	struct kd_typed to;
	uint32_t index;
	enum kd_status st = kd_typed_type(entry, &type);

	if (st != KD_OK)
		return st;
	index = type.index;
	st = kd_typed_type(pointer, &type);
	if (st != KD_OK)
		return st;
	to = kd_typed_of(pointer, type.of, 0);
	st = kd_typed_type(&to, &type);
	if (st == KD_OK)
		*ret = type.index == index;
	return st;
}

/* "Links.Flink" leads to where "Links" is. */
static enum kd_status parent_of(const struct kd_typed *entry, const char *path,
				struct kd_typed *ret)
{
	const char *dot = strrchr(path, '.');
	char parent[KD_TYPED_NAME_MAX];

	if (!dot || (size_t)(dot - path) >= sizeof(parent))
		return kd_typed_refused(entry->symbols,
					"'%.60s' leads neither to the next "
					"entry nor to a member of it",
					path);
	memcpy(parent, path, (size_t)(dot - path));
	parent[dot - path] = '\0';
	return kd_typed_field(entry, parent, ret);
}

enum kd_status kd_typed_list_init(struct kd_typed_list *l, struct kd_symbols *s,
				  uint64_t head, const char *type,
				  const char *link)
{
	struct kd_typed entry, member, pointer, target;
	bool is_itself, to_entry = false;
	enum kd_status st = kd_typed_at(s, type, 0, &entry);

	if (st == KD_OK)
		st = kd_typed_field(&entry, link, &member);
	if (st == KD_OK)
		st = find_pointer(&member, &pointer, &is_itself);
	if (st != KD_OK)
		return st;
	target = member;
	if (is_itself)
		st = leads_to_entry(&pointer, &entry, &to_entry);
	if (st == KD_OK && to_entry)
		target = entry;
	else if (st == KD_OK && is_itself)
		st = parent_of(&entry, link, &target);
	if (st != KD_OK)
		return st;
	*l = (struct kd_typed_list){
		.entry = entry,
		.head = head,
		.to_link = pointer.address,
		.to_entry = target.address,
		/* a head is a LIST_ENTRY alone, or a pointer */
		.link = head + pointer.address -
			(to_entry ? pointer.address : target.address),
		.next_mark = 1,
	};
	return KD_OK;
}

enum kd_status kd_typed_list_next(struct kd_typed_list *l, struct kd_typed *ret)
{
	struct kd_typed pointer = l->entry;
	struct kd_symbols *s = l->entry.symbols;
	uint64_t to, entry;
	enum kd_status st;

	pointer.address = l->link;
	pointer.pointers = 1;
	st = kd_typed_u64(&pointer, &to);
	if (st != KD_OK)
		return st;
	if (!to || to == l->head)
		return KD_E_END;
	if (l->count >= KD_TYPED_LIST_MAX || to == l->mark) {
		kd_typed_missing(s, "the list runs in a ring, or does not end");
		return KD_E_FORMAT;
	}
	/* a mark at each power of two: any ring is noticed in its second
	 * round */
	if (++l->count == l->next_mark) {
		l->mark = to;
		l->next_mark *= 2;
	}
	entry = to - l->to_entry;
	l->link = entry + l->to_link;
	*ret = l->entry;
	ret->address = entry;
	return KD_OK;
}
