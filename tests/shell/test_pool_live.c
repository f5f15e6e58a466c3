/*
 * The pool at the prompt, on the lab's kernel: what is shown is what the
 * kernel itself has counted, in both layouts and dialects.
 */
#include "kd_run_for.h"
#include "kd_shell_pool.h"
#include "kd_typed.h"
#include "lab_shell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LEAK_BYTES = 0x2000, TEXT = 512 };

/* The leaking machine after 8 s, stopped; layout 1 on a line, 2 on a net. */
static bool begin(struct lab_shell *l, enum lab_dialect d)
{
	const struct lab_shell_config c = { .dialect = d,
					    .scenario = "leak",
					    .layout = d == LAB_SERIAL ? 1 : 2,
					    .processors = 2 };

	if (!lab_shell_open(l, &c))
		return false;
	lab_shell_for(l, 8 * (uint64_t)PAIR_SECOND);
	return lab_shell_break(l);
}

static void has(const struct lab_shell *l, const char *text)
{
	if (!CHECK_ROW(text, strstr(l->out, text) != NULL))
		CHECK_TEXT(text, l->out, text);
}

static uint64_t lost(struct lab_shell *l)
{
	return lab_shell_value(l, "dwo(myfault!MyfaultLost)");
}

/* A member of a pool's descriptor: what the pool counted by itself. */
static uint64_t counted(struct lab_shell *l, uint64_t descriptor,
			const char *member)
{
	struct kd_typed t;
	uint64_t value = 0;

	CHECK_EQ("type",
		 kd_typed_at(l->shell->symbols, "nt!_POOL_DESCRIPTOR",
			     descriptor, &t),
		 KD_OK);
	CHECK_EQ(member, kd_typed_field_u64(&t, member, &value), KD_OK);
	return value;
}

static struct kd_pool_use sum(const struct kd_pool_tags *tags,
			      enum kd_pool_kind kind)
{
	struct kd_pool_use s = { 0 };

	for (size_t i = 0; i < tags->count; i++) {
		s.allocs += tags->row[i].use[kind].allocs;
		s.frees += tags->row[i].use[kind].frees;
		s.bytes += tags->row[i].use[kind].bytes;
	}
	return s;
}

static void check_pool(struct lab_shell *l, const char *name,
		       struct kd_pool_use use, const uint64_t *descriptor,
		       size_t count)
{
	uint64_t allocs = 0, frees = 0, bytes = 0;

	for (size_t i = 0; i < count; i++) {
		allocs += counted(l, descriptor[i], "RunningAllocs");
		frees += counted(l, descriptor[i], "RunningDeAllocs");
		bytes += counted(l, descriptor[i], "TotalBytes");
	}
	CHECK_EQ(name, use.allocs, allocs);
	CHECK_EQ(name, use.frees, frees);
	CHECK_EQ(name, use.bytes, bytes);
	CHECK_ROW(name, use.allocs > 0);
}

static void test_sums(enum lab_dialect d)
{
	struct kd_pool_view view;
	struct kd_pool_tags tags;
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	uint64_t nonpaged = lab_shell_value(&l, "nt!NonPagedPoolDescriptor");
	const uint64_t paged[] = {
		lab_shell_value(&l, "poi(nt!ExpPagedPoolDescriptor)"),
		lab_shell_value(&l, "poi(nt!ExpPagedPoolDescriptor+8)"),
	};

	kd_pool_tags_init(&tags, NULL);
	CHECK_EQ("open", kd_pool_view_open(l.shell, &view), KD_OK);
	CHECK_EQ("read", kd_pool_read_tags(&view.pool, KD_POOL_SYSTEM, &tags),
		 KD_OK);
	CHECK_EQ("tables", tags.tables, d == LAB_SERIAL ? 4 : 1);
	CHECK_EQ("unreadable", tags.unreadable, 0);
	CHECK(tags.requests > 0 && tags.requests < 16);
	check_pool(&l, "nonpaged", sum(&tags, KD_POOL_NONPAGED), &nonpaged, 1);
	check_pool(&l, "paged", sum(&tags, KD_POOL_PAGED), paged, 2);
	const struct kd_pool_tag *leak =
		kd_pool_tags_find(&tags, kd_pool_tag_of("Leak"));

	if (CHECK(leak != NULL)) {
		const struct kd_pool_use *use = &leak->use[KD_POOL_NONPAGED];

		CHECK_EQ("lost", kd_pool_outstanding(use), lost(&l) + 1);
		CHECK_EQ("bytes", use->bytes, (lost(&l) + 1) * LEAK_BYTES);
	}
	CHECK_EQ("session",
		 kd_pool_read_tags(&view.pool, KD_POOL_SESSION, &tags), KD_OK);
	CHECK_EQ("session", sum(&tags, KD_POOL_PAGED).allocs, 5);
	CHECK_EQ("session", tags.count, 2);
	kd_pool_tags_deinit(&tags);
	lab_shell_close(&l);
}

static void test_used(enum lab_dialect d)
{
	char want[TEXT];
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	uint64_t n = lost(&l) + 1;

	snprintf(want, sizeof(want),
		 "%s\n Sorting by NonPaged Pool Consumed\n\n"
		 "               NonPaged                  Paged\n"
		 " Tag     Allocs         Used     Allocs         Used\n\n"
		 " Leak%10" PRIu64 "%13" PRIu64 "          0            0"
		 "\tUNKNOWN pooltag 'Leak', please update pooltag.txt\n"
		 " LNrg         1        12288          0            0"
		 "\tUNKNOWN pooltag 'LNrg', please update pooltag.txt\n",
		 d == LAB_SERIAL ? "...." : ".", n, n * LEAK_BYTES);
	lab_shell_run(&l, "!poolused /t2 2", KD_OK);
	CHECK_ROW("start", !strncmp(l.out, want, strlen(want)));
	has(&l, "\n TOTAL");
	CHECK_EQ("rows", lab_shell_count(&l, "UNKNOWN"), 2);
	lab_shell_run(&l, "!poolused 4", KD_OK);
	has(&l, "\n Sorting by Paged Pool Consumed\n");
	CHECK(strstr(l.out, " LDca") < strstr(l.out, " Devi"));
	lab_shell_run(&l, "!poolused 0 L?ak", KD_OK);
	CHECK_EQ("one", lab_shell_count(&l, "UNKNOWN"), 1);
	CHECK_TEXT(
		"session", lab_shell_run(&l, "!poolused 9", KD_OK),
		".\n Sorting by Tag\n\n"
		"               NonPaged                                       "
		"  Paged\n"
		" Tag     Allocs      Frees       Diff         Used     Allocs"
		"      Frees       Diff         Used\n\n"
		" Gh05         0          0          0            0          3"
		"          0          3          912"
		"\tUNKNOWN pooltag 'Gh05', please update pooltag.txt\n"
		" Usqm         0          0          0            0          2"
		"          0          2          608"
		"\tUNKNOWN pooltag 'Usqm', please update pooltag.txt\n\n"
		" TOTAL         0          0          0            0          5"
		"          0          5         1520\n");
	lab_shell_run(&l, "!poolused 6", KD_E_ARG);
	lab_shell_run(&l, "!poolused 40", KD_E_ARG);
	lab_shell_close(&l);
}

static void test_vm(enum lab_dialect d)
{
	static const char start[] =
		"\n*** Virtual Memory Usage ***\n"
		"\tPhysical Memory:        8191 (     32764 Kb)\n"
		"\tPage File: \\??\\C:\\pagefile.sys\n"
		"\t  Current:     65536 Kb  Free Space:     65536 Kb\n"
		"\t  Minimum:     65536 Kb  Maximum:       262144 Kb\n"
		"\tAvailable Pages:";
	struct lab_shell l;
	char want[TEXT];

	if (!begin(&l, d))
		return;
	uint64_t used = lab_shell_value(&l, "poi(nt!MmAllocatedNonPagedPool)");

	lab_shell_run(&l, "!vm 1", KD_OK);
	CHECK_ROW("start", !strncmp(l.out, start, strlen(start)));
	snprintf(want, sizeof(want),
		 "\tNonPagedPool Usage:%9" PRIu64 " (%10" PRIu64 " Kb)\n"
		 "\tNonPagedPool Max:       4096 (     16384 Kb)\n"
		 "\tPagedPool 0 Usage:",
		 used, used * 4);
	has(&l, want);
	has(&l, "\tCommit limit:          24575 (     98300 Kb)\n");
	CHECK_EQ("flags", lab_shell_count(&l, "****"), 0);
	lab_shell_run(&l, "!vm", KD_OK);
	has(&l, "\n\tTotal Private:             6 (        24 Kb)\n"
		"\t 01a4 smss.exe                 2 (         8 Kb)\n");
	/* a machine in trouble */
	lab_shell_run(&l, "ed nt!MiChargeCommitmentFailures 0 bd38 7 1", KD_OK);
	lab_shell_run(&l, "ed nt!ExPoolFailures 5", KD_OK);
	lab_shell_run(&l, "eq nt!MmAllocatedNonPagedPool 0n3300", KD_OK);
	lab_shell_run(&l, "!vm 1", KD_OK);
	has(&l, "\n\n\t********** 48441 commit requests have failed  "
		"**********\n");
	has(&l, "\n\n\t********** 5 pool allocations have failed "
		"**********\n\n");
	has(&l, "\tNonPagedPool Max:       4096 (     16384 Kb)\n"
		"\t********** Excessive NonPaged Pool Usage *****\n");
	lab_shell_run(&l, "!vm 2", KD_E_ARG);
	lab_shell_close(&l);
}

/* A file beside the test's other ones; its name is in @p path. */
static void write_names(char path[64])
{
	int fd;
	static const char text[] =
		"rem names\r\n"
		"Proc - nt!ps        - Process objects\r\n"
		"Lea* - <unknown>    - Leaks of all sorts\r\n";

	strcpy(path, "/tmp/pool-names-XXXXXX");
	fd = mkstemp(path);
	CHECK(fd >= 0 &&
	      write(fd, text, sizeof(text) - 1) == (ssize_t)sizeof(text) - 1);
	close(fd);
}

static void test_blocks(enum lab_dialect d)
{
	char line[TEXT], want[TEXT], path[64];
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	uint64_t process =
		lab_shell_value(&l, "poi(nt!PsInitialSystemProcess)");

	lab_shell_run(&l, "!pool poi(nt!PsInitialSystemProcess)", KD_OK);
	snprintf(want, sizeof(want),
		 "Pool page %016" PRIx64 " region is Nonpaged pool\n", process);
	CHECK_ROW("page", !strncmp(l.out, want, strlen(want)));
	snprintf(want, sizeof(want), "\n*%016" PRIx64 " size:  ", process - 16);
	has(&l, want);
	has(&l, "  (Allocated) *Proc\n"
		"\t\tOwning component : Unknown (update pooltag.txt)\n ");
	CHECK_EQ("marks", lab_shell_count(&l, "*"), 2);
	write_names(path);
	snprintf(line, sizeof(line), ".pooltag %s", path);
	CHECK_TEXT("names", lab_shell_run(&l, line, KD_OK),
		   "2 tags are known by name.\n");
	unlink(path);
	lab_shell_run(&l, "!pool poi(nt!PsInitialSystemProcess) 2", KD_OK);
	has(&l, "*Proc\n\t\tPooltag Proc : Process objects, Binary : nt!ps\n");
	CHECK_EQ("lines", lab_shell_count(&l, "\n"), 3);
	CHECK_TEXT("tag", lab_shell_run(&l, "!pooltag Leak", KD_OK),
		   "Pooltag Leak : Leaks of all sorts\n");
	CHECK_TEXT("tag", lab_shell_run(&l, "!pooltag Xyz", KD_OK),
		   "UNKNOWN pooltag 'Xyz', please update pooltag.txt\n");
	lab_shell_run(&l, "!poolused 0 Proc", KD_OK);
	has(&l, "\tProcess objects , Binary: nt!ps\n");
	lab_shell_run(&l, "!pool nt!KeBugCheckEx", KD_E_NOT_FOUND);
	lab_shell_run(&l, "!pool 1234", KD_E_TARGET);
	lab_shell_close(&l);
}

/* By the tables. */
static uint64_t outstanding(struct lab_shell *l, const char *tag,
			    enum kd_pool_kind kind)
{
	struct kd_pool_view view;
	struct kd_pool_tags tags;
	const struct kd_pool_tag *row;
	uint64_t n = 0;

	kd_pool_tags_init(&tags, NULL);
	CHECK_EQ("open", kd_pool_view_open(l->shell, &view), KD_OK);
	CHECK_EQ("read", kd_pool_read_tags(&view.pool, KD_POOL_SYSTEM, &tags),
		 KD_OK);
	row = kd_pool_tags_find(&tags, kd_pool_tag_of(tag));
	if (CHECK_ROW(tag, row != NULL))
		n = kd_pool_outstanding(&row->use[kind]);
	kd_pool_tags_deinit(&tags);
	return n;
}

static void test_large(enum lab_dialect d)
{
	char line[TEXT];
	const char *first;
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	uint64_t n = lost(&l) + 1, address = 0;

	lab_shell_run(&l, "!poolfind Leak", KD_OK);
	CHECK_EQ("all",
		 lab_shell_count(&l, ": large page allocation, tag is "
				     "Leak, size is 0x2000 bytes\n"),
		 n);
	first = strstr(l.out, " : large");
	if (CHECK(first != NULL))
		CHECK(sscanf(first - 16, "%16" SCNx64, &address) == 1);
	/* its second page is not in the table: the whole of it is looked at */
	for (unsigned into = 0; into < 2; into++) {
		snprintf(line, sizeof(line), "!pool %" PRIx64 " 80000000",
			 address + into * 0x1800);
		lab_shell_run(&l, line, KD_OK);
		snprintf(line, sizeof(line),
			 "*%016" PRIx64
			 " : large page allocation, tag is Leak, "
			 "size is 0x2000 bytes\n",
			 address);
		CHECK_TEXT("large", l.out, line);
	}
	lab_shell_run(&l, "!poolfind LDca 1", KD_OK);
	CHECK_EQ("LDca", lab_shell_count(&l, "  (Allocated) LDca\n"),
		 outstanding(&l, "LDca", KD_POOL_PAGED));
	CHECK(outstanding(&l, "LDca", KD_POOL_PAGED) > 0);
	lab_shell_run(&l, "!poolfind Leak 4", KD_E_UNSUPPORTED);
	lab_shell_close(&l);
}

static void test_lies(enum lab_dialect d)
{
	static const struct {
		const char *lie, *command;
		enum kd_status status;
		const char *want;
	} rows[] = {
		{ "eq nt!PoolTrackTableSize ffffffffffffffff", "!poolused",
		  KD_E_FORMAT,
		  "Cannot look at the pool: nt!PoolTrackTableSize is "
		  "18446744073709551615, which cannot be.\n" },
		{ "eq nt!PoolTrackTableSize 21; eq nt!PoolTrackTable 1000",
		  "!poolused", KD_E_TARGET,
		  "Cannot look at the pool: memory at " },
		{ "eq nt!PoolTrackTable 0", "!poolused", KD_E_NOT_FOUND,
		  "Cannot look at the pool: the kernel has made no table" },
		{ "eq nt!PoolBigPageTableSize 7fffffff", "!poolfind Leak",
		  KD_E_FORMAT,
		  "Cannot look at the pool: nt!PoolBigPageTableSize is " },
		{ "eq nt!MmPagedPoolEnd 10", "!poolfind Leak 1", KD_E_FORMAT,
		  "Cannot look at the pool: nt!MmPagedPoolStart and " },
	};
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lab_shell_run(&l, rows[i].lie, KD_OK);
		lab_shell_run(&l, rows[i].command, rows[i].status);
		has(&l, rows[i].want);
	}
	lab_shell_close(&l);
}

static bool cancel_at(void *ctx)
{
	const struct lab_shell *l = ctx;

	return pair_now(&l->pair) > 20 * (uint64_t)PAIR_SECOND;
}

static void test_top(enum lab_dialect d)
{
	struct lab_shell l;

	if (!begin(&l, d))
		return;
	lab_shell_run(&l, "!pooltop /i 1 /n 2 /t 1", KD_OK);
	CHECK(kd_shell_is_stopped(l.shell));
	CHECK_EQ("rounds", lab_shell_count(&l, "\nRound "), 2);
	has(&l, "\nRound 2, after 2.0 s; the target stood still for ");
	has(&l, "\n\n Leak ");
	has(&l, "  ▁▄█\tUNKNOWN pooltag 'Leak'");
	CHECK_EQ("rows", lab_shell_count(&l, "UNKNOWN"), 2);
	/* one that runs, runs afterwards */
	lab_shell_run(&l, "g", KD_OK);
	lab_shell_run(&l, "!pooltop /i 1 /n 1 /t 1", KD_OK);
	CHECK_EQ("runs", l.next, KD_SHELL_RUNS);
	CHECK(!kd_session_is_halted(l.pair.session));
	CHECK_EQ("rounds", lab_shell_count(&l, "\nRound "), 1);
	/* Ctrl-C in the middle of a round: it stands still, as before */
	CHECK(lab_shell_break(&l));
	kd_session_set_cancel(l.pair.session, cancel_at, &l, -1);
	lab_shell_run(&l, "!pooltop /i 3", KD_E_CANCELED);
	kd_session_set_cancel(l.pair.session, NULL, NULL, -1);
	CHECK(kd_shell_is_stopped(l.shell));
	CHECK(lab_shell_count(&l, "\nRound ") > 0);
	CHECK(lab_shell_value(&l, "dwo(myfault!MyfaultLost)") > 0);
	lab_shell_run(&l, "!pooltop /i 0", KD_E_ARG);
	lab_shell_run(&l, "!pooltop /x", KD_E_FORMAT);
	lab_shell_close(&l);
}

static void run_sums(void)
{
	pair_both(test_sums);
}

static void run_used(void)
{
	pair_both(test_used);
}

static void run_vm(void)
{
	pair_both(test_vm);
}

static void run_blocks(void)
{
	pair_both(test_blocks);
}

static void run_large(void)
{
	pair_both(test_large);
}

static void run_lies(void)
{
	pair_both(test_lies);
}

static void run_top(void)
{
	pair_both(test_top);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "tables say what the pools have counted", run_sums },
		{ "!poolused", run_used },
		{ "!vm", run_vm },
		{ "!pool and names", run_blocks },
		{ "large allocations and !poolfind", run_large },
		{ "tables that cannot be", run_lies },
		{ "!pooltop", run_top },
	};

	return check_run("pool live", tests, sizeof(tests) / sizeof(tests[0]));
}
