#include "check.h"
#include "kd_breakpoints.h"
#include "kd_session_journal.h"
#include "kd_session_memory.h"
#include "pair.h"

#include <stdio.h>
#include <string.h>

#define POOL UINT64_C(0xffffca8000001000)
#define CODE (POOL + 0x800) /* as good as any */

enum { TEXT_MAX = 1 << 16, LEN = 6000 };

/* A store that is as safe as this test. */
struct memory_store {
	char text[TEXT_MAX];
	size_t len, removed, unsafe;
	bool full;
};

static enum kd_status load(void *ctx, struct kd_detail *detail,
			   const char **ret_text, size_t *ret_len)
{
	struct memory_store *m = ctx;

	(void)detail;
	*ret_text = m->len ? m->text : NULL;
	*ret_len = m->len;
	return KD_OK;
}

static enum kd_status append(void *ctx, const char *text, size_t len, bool safe,
			     struct kd_detail *detail)
{
	struct memory_store *m = ctx;

	if (m->full || len > TEXT_MAX - m->len) {
		kd_detail_set(detail, "the disk is full");
		return KD_E_OS;
	}
	memcpy(m->text + m->len, text, len);
	m->len += len;
	m->unsafe += !safe;
	return KD_OK;
}

static void forget(void *ctx)
{
	struct memory_store *m = ctx;

	m->len = 0;
	m->removed++;
}

struct scene {
	struct lab_machine *machine;
	struct memory_store store;
	struct pair pair;
	struct pair_config config;
	uint8_t original[LEN];
};

static void read_at(struct scene *c, uint64_t address, uint8_t *out, size_t len)
{
	size_t n = 0;

	CHECK_EQ(NULL,
		 kd_session_read(c->pair.session, address, out, len,
				 KD_ACCESS_UNCACHED, KD_NEVER, &n),
		 KD_OK);
	CHECK_EQ(NULL, n, len);
}

static enum kd_status use(struct scene *c)
{
	struct kd_journal_store store = { load, append, forget, &c->store };

	return kd_session_use_journal(c->pair.session, &store);
}

static bool open_scene(struct scene *c, enum lab_dialect d)
{
	memset(c, 0, sizeof(*c));
	c->machine = lab_machine_static_create();
	c->config = (struct pair_config){ .dialect = d,
					  .machine = c->machine,
					  .latency_us = 100 };
	if (!CHECK(c->machine != NULL) || !pair_open(&c->pair, &c->config))
		return false;
	CHECK_EQ(NULL, use(c), KD_OK);
	if (!pair_halt(&c->pair))
		return false;
	read_at(c, POOL, c->original, sizeof(c->original));
	return true;
}

static void close_scene(struct scene *c)
{
	pair_close(&c->pair);
	lab_machine_destroy(c->machine);
}

/* The debugger dies, and another takes its place. */
static void another_session(struct scene *c)
{
	kd_session_destroy(c->pair.session);
	c->pair.session = NULL;
	CHECK(pair_session(&c->pair, &c->config, &c->config.session));
	CHECK_EQ(NULL, use(c), KD_OK);
	CHECK(pair_halt(&c->pair));
}

static void edit(struct scene *c, uint64_t address, const void *bytes,
		 size_t len)
{
	size_t n = 0;

	CHECK_EQ(NULL,
		 kd_session_write(c->pair.session, address, bytes, len,
				  KD_WRITE_JOURNALED, KD_NEVER, &n),
		 KD_OK);
	CHECK_EQ(NULL, n, len);
}

struct told {
	size_t how[4], foreign;
};

static void tell(void *ctx, const struct kd_change *change, enum kd_undo how,
		 size_t foreign)
{
	struct told *t = ctx;

	CHECK(change->id != 0);
	t->how[how]++;
	t->foreign += foreign;
}

static bool is_as_it_was(struct scene *c)
{
	uint8_t now[LEN];

	read_at(c, POOL, now, sizeof(now));
	return !memcmp(now, c->original, sizeof(now));
}

static bool nothing_is_left(const struct scene *c)
{
	return !kd_session_change_at(c->pair.session, 0) && !c->store.len;
}

/* Overlapping edits over three pages, by a session that dies. */
static void make_a_mess(struct scene *c)
{
	uint8_t many[LEN - 100];

	memset(many, 0xee, sizeof(many));
	edit(c, POOL + 0x10, "one", 3);
	edit(c, POOL + 0x12, "two", 3);
	edit(c, POOL + 50, many, sizeof(many));
	edit(c, POOL + 0x11, "three", 5);
	CHECK(!is_as_it_was(c));
}

static void undo_after_death_in(enum lab_dialect d)
{
	static struct scene c;
	struct kd_leftover left = { 0 };
	struct told told = { 0 };

	if (!open_scene(&c, d))
		return;
	CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER, &left) ==
	      KD_OK);
	CHECK_EQ("nobody was here", left.changes, 0);
	make_a_mess(&c);
	another_session(&c);
	CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER, &left) ==
	      KD_OK);
	CHECK_EQ(NULL, left.boot, KD_BOOT_SAME);
	CHECK_EQ("one for each page", left.changes, 5);
	CHECK(kd_session_undo(c.pair.session, KD_WHOSE_OURS, KD_NEVER, tell,
			      &told) == KD_OK);
	CHECK_EQ("not ours", told.how[KD_UNDO_DONE], 0);
	CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER, tell,
			      &told) == KD_OK);
	CHECK_EQ(NULL, told.how[KD_UNDO_DONE], 5);
	CHECK_EQ(NULL, told.foreign, 0);
	CHECK(is_as_it_was(&c));
	CHECK(nothing_is_left(&c));
	close_scene(&c);
}

static void test_undo_after_death(void)
{
	pair_both(undo_after_death_in);
}

/* A byte that is not ours any more is left alone, and so told. */
static void foreign_in(enum lab_dialect d)
{
	static struct scene c;
	struct told told = { 0 };
	uint8_t now[8];
	size_t n;

	if (!open_scene(&c, d))
		return;
	edit(&c, POOL, "abcdefgh", 8);
	edit(&c, POOL + 0x40, "x", 1);
	edit(&c, POOL + 0x50, "y", 1);
	CHECK(kd_session_write(c.pair.session, POOL + 3, "!!", 2, 0, KD_NEVER,
			       &n) == KD_OK);
	CHECK(kd_session_write(c.pair.session, POOL + 0x40, "!", 1, 0, KD_NEVER,
			       &n) == KD_OK);
	CHECK(kd_session_write(c.pair.session, POOL + 0x50, c.original + 0x50,
			       1, 0, KD_NEVER, &n) == KD_OK);
	CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER, tell,
			      &told) == KD_OK);
	CHECK_EQ(NULL, told.how[KD_UNDO_DONE], 1);
	CHECK_EQ(NULL, told.how[KD_UNDO_FOREIGN], 1);
	CHECK_EQ(NULL, told.how[KD_UNDO_ALREADY], 1);
	CHECK_EQ(NULL, told.foreign, 3);
	read_at(&c, POOL, now, sizeof(now));
	CHECK(!memcmp(now, c.original, 3));
	CHECK(!memcmp(now + 3, "!!", 2));
	CHECK(!memcmp(now + 5, c.original + 5, 3));
	CHECK(nothing_is_left(&c));
	close_scene(&c);
}

static void test_foreign(void)
{
	pair_both(foreign_in);
}

/* Leaving restores, whether it runs or stands still; keeping does not. */
static void leaving_in(enum lab_dialect d)
{
	for (unsigned way = 0; way < 4; way++) {
		static struct scene c;
		bool runs = way % 2;

		if (!open_scene(&c, d))
			return;
		make_a_mess(&c);
		if (runs)
			CHECK(kd_session_continue(c.pair.session, KD_RESUME_GO,
						  KD_NEVER) == KD_OK);
		CHECK_EQ(NULL,
			 kd_session_leave(c.pair.session,
					  way / 2 ? KD_LEAVE_AS_IS
						  : KD_LEAVE_RUNNING,
					  pair_now(&c.pair) + 30 * PAIR_SECOND),
			 KD_OK);
		CHECK_EQ(NULL, lab_stub_condition(c.pair.stub),
			 way == 2 ? LAB_STANDS : LAB_RUNS);
		CHECK(nothing_is_left(&c));
		another_session(&c);
		CHECK(is_as_it_was(&c));
		edit(&c, POOL, "stay", 4);
		CHECK_EQ(NULL, kd_session_keep_changes(c.pair.session), 1);
		CHECK(nothing_is_left(&c));
		CHECK(kd_session_leave(c.pair.session, KD_LEAVE_RUNNING,
				       pair_now(&c.pair) + 30 * PAIR_SECOND) ==
		      KD_OK);
		another_session(&c);
		CHECK(!is_as_it_was(&c));
		close_scene(&c);
	}
}

static void test_leaving(void)
{
	pair_both(leaving_in);
}

/* A target that was rebooted has nothing to be undone. */
static void rebooted_in(enum lab_dialect d)
{
	static struct scene c;
	struct kd_leftover left = { 0 };
	static const char long_ago[] =
		"crashcart journal 1\n"
		"boot 8664 22621 fffff80312000000 fffff80312003020 0 "
		"ffffffffffff\n"
		"+ 1 edit ffffca8000001000 00 01\n";
	static const char elsewhere[] =
		"crashcart journal 1\nboot 8664 22621 fffff80399000000 "
		"fffff80312003020 0 0\n+ 1 edit ffffca8000001000 00 01\n";
	static const char unsure[] =
		"crashcart journal 1\nboot 8664 22621 fffff80312000000 "
		"fffff80312003020 0 0\n+ 1 edit ffffca8000001000 00 01\n";
	static const struct {
		const char *text;
		enum kd_boot_match boot;
	} texts[] = { { long_ago, KD_BOOT_OTHER },
		      { elsewhere, KD_BOOT_OTHER },
		      { unsure, KD_BOOT_UNSURE } };

	if (!open_scene(&c, d))
		return;
	for (size_t i = 0; i < 3; i++) {
		c.store.len = strlen(texts[i].text);
		memcpy(c.store.text, texts[i].text, c.store.len);
		another_session(&c);
		CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER,
					       &left) == KD_OK);
		CHECK_EQ(NULL, left.changes, 1);
		CHECK_EQ(NULL, left.boot, texts[i].boot);
		CHECK(nothing_is_left(&c) == (left.boot == KD_BOOT_OTHER));
		CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER,
					       &left) == KD_OK);
		CHECK_EQ("told once", left.changes, 0);
	}
	/* nobody has looked before something is changed */
	c.store.len = strlen(elsewhere);
	memcpy(c.store.text, elsewhere, c.store.len);
	another_session(&c);
	edit(&c, POOL, "new", 3);
	CHECK(strstr(c.store.text, "fffff80399000000") == NULL);
	CHECK(kd_session_change_at(c.pair.session, 0) != NULL);
	CHECK(kd_session_change_at(c.pair.session, 1) == NULL);
	close_scene(&c);
}

static void test_rebooted(void)
{
	pair_both(rebooted_in);
}

/* No change goes out that was not noted; what is no journal is not touched. */
static void refused_in(enum lab_dialect d)
{
	static struct scene c;
	size_t n = 77;

	if (!open_scene(&c, d))
		return;
	c.store.full = true;
	CHECK_EQ(NULL,
		 kd_session_write(c.pair.session, POOL, "abc", 3,
				  KD_WRITE_JOURNALED, KD_NEVER, &n),
		 KD_E_OS);
	CHECK_EQ(NULL, n, 0);
	CHECK_TEXT(NULL, kd_session_detail(c.pair.session)->text,
		   "the disk is full");
	CHECK(is_as_it_was(&c));
	CHECK(nothing_is_left(&c));
	c.store.full = false;
	CHECK_EQ("not there",
		 kd_session_write(c.pair.session, POOL + 0x1ffe, "abc", 3,
				  KD_WRITE_JOURNALED, KD_NEVER, &n),
		 KD_E_TARGET);
	CHECK_EQ("not there", n, 2);
	CHECK_EQ("begun", use(&c), KD_E_STATE);
	CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER, NULL,
			      NULL) == KD_OK);
	CHECK(nothing_is_left(&c));
	kd_session_destroy(c.pair.session);
	CHECK(pair_session(&c.pair, &c.config, &c.config.session));
	memcpy(c.store.text, "diary\n", 6);
	c.store.len = 6;
	CHECK_EQ(NULL, use(&c), KD_E_FORMAT);
	CHECK(pair_halt(&c.pair));
	edit(&c, POOL, "abc", 3);
	CHECK_EQ("untouched", c.store.len, 6);
	close_scene(&c);
}

static void test_refused(void)
{
	pair_both(refused_in);
}

/* A breakpoint of the table whose debugger died, with and without handle. */
static void table_in(enum lab_dialect d)
{
	for (unsigned known = 0; known < 2; known++) {
		static struct scene c;
		struct kd_manipulate m = { .api = KD_API_WRITE_BREAKPOINT,
					   .u.breakpoint.address = CODE };
		const struct kd_manipulate again = m;
		struct told told = { 0 };
		uint8_t before, now;
		size_t none;

		if (!open_scene(&c, d))
			return;
		CHECK(kd_session_request(c.pair.session, &m, KD_NEVER, &m, NULL,
					 0, &none) == KD_OK);
		read_at(&c, CODE, &before, 1);
		c.store.len = (size_t)snprintf(
			c.store.text, sizeof(c.store.text),
			"crashcart journal 1\nboot 8664 22621 fffff80312000000 "
			"fffff80312003020 0 0\n+ 1 table %llx\n",
			(unsigned long long)CODE);
		if (known)
			c.store.len += (size_t)snprintf(
				c.store.text + c.store.len, 64, "= 1 %u\n",
				(unsigned)m.u.breakpoint.handle);
		another_session(&c);
		/* attaching has swept the table; had it not, this is there */
		m = again;
		CHECK(kd_session_request(c.pair.session, &m, KD_NEVER, &m, NULL,
					 0, &none) == KD_OK);
		CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER,
				      tell, &told) == KD_OK);
		CHECK_EQ(NULL, told.how[KD_UNDO_DONE], 1);
		read_at(&c, CODE, &now, 1);
		CHECK_EQ("it was there", before, 0xcc);
		CHECK(now != 0xcc);
		CHECK(nothing_is_left(&c));
		close_scene(&c);
	}
}

static void test_table(void)
{
	pair_both(table_in);
}

/* Breakpoints beyond the table's room, and one of them on an edited byte. */
static void set_breakpoints(struct scene *c, unsigned count)
{
	struct kd_breakpoint_spec spec = { .id = KD_BREAKPOINT_ANY_ID,
					   .kind = KD_BREAKPOINT_SOFTWARE,
					   .has_address = true,
					   .processor = KD_PROCESSOR_ANY };
	uint32_t id;

	for (unsigned i = 0; i < count; i++) {
		spec.address = POOL + 0x100 + 0x40 * i;
		CHECK(kd_session_breakpoint_add(c->pair.session, &spec, &id) ==
		      KD_OK);
	}
	CHECK(kd_session_continue(c->pair.session, KD_RESUME_GO, KD_NEVER) ==
	      KD_OK);
}

static void breakpoints_in(enum lab_dialect d)
{
	enum { COUNT = 40, TABLE = 32 };
	static struct scene c;
	struct kd_leftover left = { 0 };
	struct told told = { 0 };

	if (!open_scene(&c, d))
		return;
	/* which also takes down when the target was booted */
	CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER, &left) ==
	      KD_OK);
	edit(&c, POOL + 0x100, "edited", 6);
	edit(&c, POOL + 0x100 + 0x40 * (COUNT - 1), "edited", 6);
	set_breakpoints(&c, COUNT);
	another_session(&c);
	CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER, &left) ==
	      KD_OK);
	CHECK_EQ(NULL, left.boot, KD_BOOT_SAME);
	CHECK_EQ(NULL, left.changes, COUNT + 2);
	CHECK(!is_as_it_was(&c));
	CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER, tell,
			      &told) == KD_OK);
	/* the table's were given back at the first stop */
	CHECK_EQ(NULL, told.how[KD_UNDO_ALREADY], TABLE);
	CHECK_EQ(NULL, told.how[KD_UNDO_DONE], COUNT - TABLE + 2);
	CHECK_EQ(NULL, told.foreign, 0);
	CHECK(is_as_it_was(&c));
	CHECK(nothing_is_left(&c));
	/* and whoever leaves in order has nothing to leave behind */
	set_breakpoints(&c, COUNT);
	CHECK(!!kd_session_change_at(c.pair.session, COUNT - 1));
	CHECK(kd_session_leave(c.pair.session, KD_LEAVE_RUNNING,
			       pair_now(&c.pair) + 30 * PAIR_SECOND) == KD_OK);
	CHECK(nothing_is_left(&c));
	another_session(&c);
	CHECK(is_as_it_was(&c));
	close_scene(&c);
}

static void test_breakpoints(void)
{
	pair_both(breakpoints_in);
}

/* How many of those are in the target's memory, whoever put them there. */
static size_t inserted(struct scene *c, unsigned count)
{
	size_t n = 0;

	for (unsigned i = 0; i < count; i++) {
		uint8_t byte = 0;

		c->machine->ops->read_virtual(
			c->machine, POOL + 0x100 + 0x40 * i, &byte, 1);
		n += byte == 0xcc;
	}
	return n;
}

/*
 * In the middle of a session, with breakpoints of its own where those of the
 * dead one were: in the same entries of the table, and on the same bytes.
 */
static void undo_amid_breakpoints_in(enum lab_dialect d)
{
	enum { COUNT = 40 };
	static const unsigned lives[] = { COUNT, 3 };

	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		static struct scene c;
		struct told told = { 0 };
		struct kd_leftover left;

		if (!open_scene(&c, d))
			return;
		set_breakpoints(&c, COUNT);
		another_session(&c);
		CHECK(kd_session_find_leftover(c.pair.session, KD_NEVER,
					       &left) == KD_OK);
		set_breakpoints(&c, lives[i]);
		CHECK(pair_halt(&c.pair));
		CHECK(inserted(&c, COUNT) >= lives[i]);
		CHECK(kd_session_undo(c.pair.session, KD_WHOSE_ALL, KD_NEVER,
				      tell, &told) == KD_OK);
		CHECK_EQ("live ones stay", inserted(&c, COUNT), lives[i]);
		CHECK_EQ(NULL, told.foreign, 0);
		CHECK(kd_session_leave(c.pair.session, KD_LEAVE_RUNNING,
				       pair_now(&c.pair) + 30 * PAIR_SECOND) ==
		      KD_OK);
		CHECK_EQ("none stays", inserted(&c, COUNT), 0);
		CHECK(nothing_is_left(&c));
		another_session(&c);
		CHECK(is_as_it_was(&c));
		close_scene(&c);
	}
}

static void test_undo_amid_breakpoints(void)
{
	pair_both(undo_amid_breakpoints_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "undo after death", test_undo_after_death },
		{ "foreign", test_foreign },
		{ "leaving", test_leaving },
		{ "rebooted", test_rebooted },
		{ "refused", test_refused },
		{ "table", test_table },
		{ "breakpoints", test_breakpoints },
		{ "undo amid breakpoints", test_undo_amid_breakpoints },
	};

	return check_run("journal ops", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
