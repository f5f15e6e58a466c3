/* The kernel's tables of tags. */

#include "kd_pool_parts.h"

#include "kd_typed.h"

/* Read a table, piece by piece. */
static enum kd_status add_table(struct kd_pool *p, uint64_t address,
				uint64_t entries, struct kd_pool_tags *tags)
{
	size_t size = p->layout.tracker.size;
	size_t piece = KD_POOL_PIECE / size * size;
	uint64_t len = entries * size, done = 0;
	struct kd_allocator *mem = &tags->mem;
	uint8_t *bytes = mem->alloc(mem->ctx, piece);
	enum kd_status st = bytes ? KD_OK : KD_E_NOMEM;

	while (st == KD_OK && done < len) {
		size_t n = len - done < piece ? (size_t)(len - done) : piece;

		if (kd_session_is_canceled(p->session) ||
		    (p->progress && !p->progress(p->progress_ctx, done, len))) {
			st = KD_E_CANCELED;
			break;
		}
		st = kd_pool_read(p, address + done, bytes, n);
		if (st == KD_OK)
			st = kd_pool_tags_add(tags, &p->layout.tracker, bytes,
					      n);
		done += n;
	}
	if (bytes)
		mem->release(mem->ctx, bytes);
	tags->tables += st == KD_OK;
	return st;
}

static enum kd_status read_size(struct kd_pool *p,
				const struct kd_pool_variable *v, uint64_t *ret)
{
	enum kd_status st = kd_pool_variable(p, v, ret);

	if (st == KD_OK && (!*ret || *ret > KD_POOL_TABLE_MAX)) {
		kd_detail_set(&p->detail, "%s is %llu, which cannot be",
			      v->name, (unsigned long long)*ret);
		return KD_E_FORMAT;
	}
	return st;
}

/* A table that a pointer leads to; none if it is null. */
static enum kd_status add_pointed(struct kd_pool *p,
				  const struct kd_pool_variable *pointer,
				  const struct kd_pool_variable *size,
				  struct kd_pool_tags *tags,
				  uint64_t *ret_table, uint64_t *ret_entries)
{
	uint64_t table, entries;
	enum kd_status st = kd_pool_variable(p, pointer, &table);

	if (st != KD_OK)
		return st;
	*ret_table = table;
	if (!table)
		return KD_OK;
	st = read_size(p, size, &entries);
	if (st == KD_OK)
		st = add_table(p, table, entries, tags);
	if (st == KD_OK)
		*ret_entries = entries;
	return st;
}

/* How many pointers ExPoolTagTables has, at the most. */
static unsigned table_count(struct kd_pool *p)
{
	const struct kd_stop *stop = kd_session_stop(p->session);
	uint64_t count = 0;
	struct kd_typed t;

	/* public symbols have no types: then one for each processor */
	if (kd_typed_symbol(p->symbols, "nt!ExPoolTagTables", &t) != KD_OK ||
	    !t.type || kd_typed_count(&t, &count) != KD_OK || !count)
		count = stop ? stop->processor_count : 1;
	return count < KD_POOL_TABLES_MAX ? (unsigned)count
					  : KD_POOL_TABLES_MAX;
}

/* Those of the other processors, which are as long as the first. */
static enum kd_status add_processors(struct kd_pool *p, uint64_t first,
				     uint64_t entries,
				     struct kd_pool_tags *tags)
{
	static const struct kd_pool_variable tables = { "nt!ExPoolTagTables", 0,
							0 };
	unsigned count = table_count(p);
	uint64_t array, table;
	enum kd_status st = kd_pool_address_of(p, &tables, &array);

	if (st == KD_E_NOT_FOUND)
		return KD_OK; /* this kernel has one table for all */
	for (unsigned i = 0; st == KD_OK && i < count; i++) {
		st = kd_pool_number(p, array + (uint64_t)i * p->pointer_size, 0,
				    &table);
		if (st != KD_OK || !table || table == first)
			continue;
		st = add_table(p, table, entries, tags);
		if (kd_pool_is_hole(st)) {
			tags->unreadable++;
			st = KD_OK;
		}
	}
	return st;
}

static enum kd_status add_system(struct kd_pool *p, struct kd_pool_tags *tags)
{
	// clang-format off
	static const struct kd_pool_variable
		first = { "nt!PoolTrackTable", KD_KDBG_TRACK_TABLE, 0 },
		size = { "nt!PoolTrackTableSize", 0, 0 },
		expansion = { "nt!PoolTrackTableExpansion", 0, 0 },
		expansion_size = { "nt!PoolTrackTableExpansionSize", 0, 0 };
	// clang-format on
	uint64_t table = 0, entries = 0, more;
	enum kd_status st =
		add_pointed(p, &first, &size, tags, &table, &entries);

	if (st == KD_OK && !table) {
		kd_detail_set(&p->detail, "the kernel has made no table of "
					  "tags; it has just begun to boot");
		return KD_E_NOT_FOUND;
	}
	if (st == KD_OK)
		st = add_processors(p, table, entries, tags);
	if (st != KD_OK)
		return st;
	st = add_pointed(p, &expansion, &expansion_size, tags, &table, &more);
	/* not every kernel has one */
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status add_session(struct kd_pool *p, struct kd_pool_tags *tags)
{
	// clang-format off
	static const struct kd_pool_variable
		first = { "nt!ExpSessionPoolTrackTable", 0, 0 },
		size = { "nt!ExpSessionPoolTrackTableSize", 0, 0 };
	// clang-format on
	uint64_t table = 0, entries;
	enum kd_status st =
		add_pointed(p, &first, &size, tags, &table, &entries);

	if (st == KD_OK && !table) {
		kd_detail_set(&p->detail, "there is no session's pool");
		return KD_E_NOT_FOUND;
	}
	return st;
}

enum kd_status kd_pool_read_tags(struct kd_pool *p, enum kd_pool_scope scope,
				 struct kd_pool_tags *tags)
{
	struct kd_allocator mem = tags->mem;
	struct kd_session_counters before, after;
	enum kd_status st;

	kd_pool_tags_deinit(tags);
	kd_pool_tags_init(tags, &mem);
	kd_session_get_counters(p->session, &before);
	st = scope == KD_POOL_SESSION ? add_session(p, tags)
				      : add_system(p, tags);
	kd_session_get_counters(p->session, &after);
	tags->requests = after.requests - before.requests;
	kd_pool_tags_complete(tags, &p->layout.tracker);
	if (st == KD_E_NOMEM)
		kd_detail_set(&p->detail, "there is no memory for the tags");
	return st;
}
