/* !object: what stands in front of the kernel's objects; directories. */

#include "kd_commands.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"
#include "kd_object_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	DEEP = 4,
	DEFAULT_FLAGS = KD_OBJECT_NAMED | KD_OBJECT_CONTENTS,
	ALL_FLAGS = DEFAULT_FLAGS | KD_OBJECT_HEADERS | KD_OBJECT_FULL_PATH,
	/* as many of a directory's chains are believed in */
	BUCKETS_MAX = 1 << 10,
	PARENTS_MAX = 32,
};

/* "\Device\Harddisk0": the names of the directories above it, and its own. */
static enum kd_status full_path(struct kd_shell *sh, const struct kd_object *o,
				char ret[KD_OBJECT_NAME_MAX])
{
	char path[KD_OBJECT_NAME_MAX];
	size_t at = sizeof(path) - 1;
	struct kd_object above = *o;
	enum kd_status st = KD_OK;

	path[at] = '\0';
	for (unsigned i = 0; i < PARENTS_MAX && above.name[0]; i++) {
		size_t len = strlen(above.name);

		if (len + 1 > at)
			break;
		at -= len;
		memcpy(path + at, above.name, len);
		if (!above.directory)
			break;
		path[--at] = '\\';
		st = kd_object_at(sh->symbols, above.directory, &above);
		if (st != KD_OK)
			return st;
		/* the root is called "\" where it has a name */
		if (strcmp(above.name, "\\") == 0)
			break;
	}
	memcpy(ret, path + at, sizeof(path) - at);
	return KD_OK;
}

static enum kd_status show_name(struct kd_shell *sh, const struct kd_object *o,
				unsigned flags, int deep)
{
	char name[KD_OBJECT_NAME_MAX], text[KD_PLAIN_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	kd_out(sh, "%*sHandleCount: %" PRId64 "  PointerCount: %" PRId64 "\n",
	       deep, "", o->handles, o->pointers);
	if (!o->name[0])
		return KD_OK;
	memcpy(name, o->name, sizeof(name));
	if (flags & KD_OBJECT_FULL_PATH)
		st = full_path(sh, o, name);
	if (st == KD_OK)
		kd_out(sh, "%*sDirectory Object: %s  Name: %s\n", deep, "",
		       kd_plain_address(text, sh, o->directory), name);
	return st;
}

enum kd_status kd_show_object(struct kd_shell *sh, const struct kd_object *o,
			      unsigned flags, int deep)
{
	char text[2][KD_PLAIN_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	kd_out(sh, "Object: %s  Type: (%s) %s\n",
	       kd_plain_address(text[0], sh, o->address),
	       kd_plain_address(text[1], sh, o->type), o->type_name);
	kd_out(sh, "    ObjectHeader: %s (%s version)\n",
	       kd_plain_address(text[0], sh, o->header),
	       o->has_index ? "new" : "old");
	kd_record_address(sh, "address", o->address);
	kd_record_address(sh, "header", o->header);
	kd_record_address(sh, "type", o->type);
	kd_record_text(sh, "type_name", o->type_name);
	kd_record_number(sh, "handles", (uint64_t)o->handles);
	kd_record_number(sh, "pointers", (uint64_t)o->pointers);
	kd_record_address(sh, "directory", o->directory);
	kd_record_text(sh, "name", o->name);
	if (flags & KD_OBJECT_NAMED)
		st = show_name(sh, o, flags, deep);
	if (st == KD_OK && (flags & KD_OBJECT_HEADERS) && o->name_info)
		kd_out(sh, "Optional Headers: \n    NameInfo(%s)\n",
		       kd_plain_address(text[0], sh, o->name_info));
	return st;
}

/* A line of a directory; *row counts those of its chain. */
static void show_entry(struct kd_shell *sh, uint64_t bucket, uint64_t row,
		       const struct kd_object *o)
{
	char text[KD_PLAIN_ADDRESS_MAX], hash[24] = "";

	if (!row)
		snprintf(hash, sizeof(hash), "%02" PRIu64, bucket);
	kd_out(sh, "     %2s  %s %-13s %s\n", hash,
	       kd_plain_address(text, sh, o->address), o->type_name, o->name);
	kd_record_open(sh, NULL);
	kd_record_number(sh, "bucket", bucket);
	kd_record_address(sh, "address", o->address);
	kd_record_text(sh, "type_name", o->type_name);
	kd_record_text(sh, "name", o->name);
	kd_record_close(sh);
}

static enum kd_status show_chain(struct kd_shell *sh, uint64_t bucket,
				 uint64_t first)
{
	struct kd_typed_list chain;
	struct kd_typed entry;
	struct kd_object o;
	uint64_t object = 0;
	enum kd_status st =
		kd_typed_list_init(&chain, sh->symbols, first,
				   "nt!_OBJECT_DIRECTORY_ENTRY", "ChainLink");

	for (uint64_t row = 0; st == KD_OK; row++) {
		st = kd_kernel_breathe(sh);
		if (st == KD_OK)
			st = kd_typed_list_next(&chain, &entry);
		if (st == KD_OK)
			st = kd_typed_field_u64(&entry, "Object", &object);
		if (st == KD_OK)
			st = kd_object_at(sh->symbols, object, &o);
		if (st == KD_OK)
			show_entry(sh, bucket, row, &o);
	}
	return st == KD_E_END ? KD_OK : st;
}

static enum kd_status show_directory(struct kd_shell *sh, uint64_t directory)
{
	struct kd_typed at, buckets, bucket;
	uint64_t count = 0;
	enum kd_status st = kd_typed_at(sh->symbols, "nt!_OBJECT_DIRECTORY",
					directory, &at);

	if (st == KD_OK)
		st = kd_typed_field(&at, "HashBuckets", &buckets);
	if (st == KD_OK)
		st = kd_typed_count(&buckets, &count);
	if (count > BUCKETS_MAX)
		count = BUCKETS_MAX;
	kd_out(sh, "\n    Hash Address          Type          Name\n"
		   "    ---- -------          ----          ----\n");
	kd_record_open_list(sh, "entries");
	for (uint64_t i = 0; st == KD_OK && i < count; i++) {
		st = kd_typed_index(&buckets, i, &bucket);
		if (st == KD_OK)
			st = show_chain(sh, i, bucket.address);
	}
	kd_record_close(sh);
	return st;
}

/* A path, or an address and flags. */
static enum kd_status take_object(struct kd_shell *sh, const char *args,
				  uint64_t *ret, uint64_t *flags)
{
	enum kd_status st;

	if (*args == '\\') {
		st = kd_object_find(sh->symbols, args, ret);
		if (st == KD_E_NOT_FOUND)
			kd_out(sh, "There is no object '%s'.\n", args);
		else if (st != KD_OK)
			return kd_kernel_fail(sh, st, "Cannot look for '%s'",
					      args);
		return st;
	}
	st = kd_shell_evaluate(sh, &args, ret);
	args += kd_spaces(args);
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, flags);
	if (st == KD_OK && *flags & ~(uint64_t)ALL_FLAGS) {
		kd_out(sh, "Flags of !object are 1, 8, 10, 20 and their "
			   "sums, up to 39.\n");
		return KD_E_ARG;
	}
	return st;
}

enum kd_status kd_run_object(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	uint64_t address, flags = DEFAULT_FLAGS;
	struct kd_object o;
	enum kd_status st = kd_kernel_needed(sh);

	(void)self;
	if (st == KD_OK)
		st = take_object(sh, args, &address, &flags);
	if (st != KD_OK)
		return st;
	st = kd_object_at(sh->symbols, address, &o);
	if (st == KD_E_FORMAT) {
		char text[KD_PLAIN_ADDRESS_MAX];

		kd_out(sh, "%s: Not a valid object (ObjectType invalid)\n",
		       kd_plain_address(text, sh, address));
		return st;
	}
	if (st == KD_OK)
		st = kd_show_object(sh, &o, (unsigned)flags, DEEP);
	if (st == KD_OK && (flags & DEFAULT_FLAGS) == DEFAULT_FLAGS &&
	    strcmp(o.type_name, "Directory") == 0)
		st = show_directory(sh, address);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot show all of the object");
	return KD_OK;
}
