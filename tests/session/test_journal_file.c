#include "check.h"
#include "kd_crypto.h"
#include "kd_journal_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64], folder[128], path[160];

static void begin(void)
{
	strcpy(root, "/tmp/kd-journal-XXXXXX");
	CHECK(mkdtemp(root) != NULL);
	snprintf(folder, sizeof(folder), "%s/a/b", root);
	snprintf(path, sizeof(path), "%s/target", folder);
}

static void end(void)
{
	char middle[128];

	snprintf(middle, sizeof(middle), "%s/a", root);
	unlink(path);
	rmdir(folder);
	rmdir(middle);
	CHECK(rmdir(root) == 0);
}

static struct kd_journal_file *open_file(enum kd_status want)
{
	struct kd_detail detail = { 0 };
	struct kd_journal_file *f = NULL;

	CHECK_EQ(detail.text,
		 kd_journal_file_open(NULL, folder, "target", &detail, &f),
		 want);
	return f;
}

static void write_line(struct kd_journal_file *f, const char *line, bool safe)
{
	struct kd_journal_store s = kd_journal_file_store(f);
	struct kd_detail detail = { 0 };

	CHECK(s.append(s.ctx, line, strlen(line), safe, &detail) == KD_OK);
	CHECK_TEXT(NULL, detail.text, "");
}

static void has_text(struct kd_journal_file *f, const char *want)
{
	struct kd_journal_store s = kd_journal_file_store(f);
	struct kd_detail detail = { 0 };
	const char *text = NULL;
	size_t len = 0;

	CHECK(s.load(s.ctx, &detail, &text, &len) == KD_OK);
	CHECK((text != NULL) == (want != NULL));
	CHECK_EQ(want, len, want ? strlen(want) : 0);
	CHECK(!len || !memcmp(text, want, len));
}

static void remove_it(struct kd_journal_file *f)
{
	struct kd_journal_store s = kd_journal_file_store(f);

	s.remove(s.ctx);
}

static void test_life(void)
{
	struct stat s;

	begin();
	struct kd_journal_file *f = open_file(KD_OK);

	CHECK_TEXT(NULL, kd_journal_file_path(f), path);
	has_text(f, NULL);
	CHECK("not made before it is needed" && access(folder, F_OK) != 0);
	write_line(f, "one\n", true);
	write_line(f, "two\n", false);
	CHECK(stat(path, &s) == 0);
	CHECK_EQ("for the user alone", s.st_mode & 0777, 0600);
	CHECK(stat(folder, &s) == 0);
	CHECK_EQ("for the user alone", s.st_mode & 0777, 0700);
	kd_journal_file_close(f);
	f = open_file(KD_OK);
	has_text(f, "one\ntwo\n");
	write_line(f, "three\n", true);
	kd_journal_file_close(f);
	f = open_file(KD_OK);
	has_text(f, "one\ntwo\nthree\n");
	remove_it(f);
	CHECK(access(path, F_OK) != 0);
	remove_it(f);
	write_line(f, "again\n", true);
	has_text(f, "again\n");
	kd_journal_file_close(f);
	kd_journal_file_close(NULL);
	end();
}

/* Only one program has it; when that one goes, the next may. */
static void test_lock(void)
{
	begin();
	struct kd_journal_file *f = open_file(KD_OK);
	struct kd_journal_file *late = open_file(KD_OK);
	struct kd_detail detail = { 0 };

	write_line(f, "one\n", true);
	CHECK(open_file(KD_E_STATE) == NULL);
	struct kd_journal_store s = kd_journal_file_store(late);

	CHECK_EQ(NULL, s.append(s.ctx, "x\n", 2, true, &detail), KD_E_STATE);
	CHECK(strstr(detail.text, "another crashcart has the journal") != NULL);
	remove_it(f);
	write_line(late, "mine\n", true);
	kd_journal_file_close(f);
	kd_journal_file_close(late);
	f = open_file(KD_OK);
	has_text(f, "mine\n");
	kd_journal_file_close(f);
	end();
}

static void put(const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* A line that was never finished is not there; but it stays, until the next
 * one is written: it may be no journal at all. */
static void test_torn(void)
{
	char bytes[32] = "";

	begin();
	struct kd_journal_file *f = open_file(KD_OK);

	write_line(f, "x\n", true);
	kd_journal_file_close(f);
	put("one\ntw");
	f = open_file(KD_OK);
	has_text(f, "one\n");
	int fd = open(path, O_RDONLY);

	CHECK_EQ("untouched", read(fd, bytes, sizeof(bytes)), 6);
	close(fd);
	write_line(f, "two\n", true);
	kd_journal_file_close(f);
	f = open_file(KD_OK);
	has_text(f, "one\ntwo\n");
	kd_journal_file_close(f);
	unlink(path);
	CHECK(symlink("/dev/null", path) == 0);
	CHECK("a link leads anywhere" && open_file(KD_E_OS) == NULL);
	end();
}

static void test_names(void)
{
	char a[KD_JOURNAL_NAME_MAX], b[KD_JOURNAL_NAME_MAX];
	char where[KD_JOURNAL_PATH_MAX];
	struct kd_net_key key = { 0 };

	CHECK(kd_journal_name(NULL, "/dev/ttyUSB0", a) == KD_OK);
	CHECK_EQ("no folder in it", strcspn(a, "/."), strlen(a));
	CHECK(!strncmp(a, "link--dev-ttyUSB0-", 18));
	CHECK(kd_journal_name(NULL, "/dev-ttyUSB0", b) == KD_OK);
	CHECK(strcmp(a, b) != 0);
	if (kd_crypto_is_available()) {
		key.control[0] = 1;
		CHECK(kd_journal_name(&key, "x", a) == KD_OK);
		CHECK_EQ("hash", strlen(a), 20);
		key.control[0] = 2;
		CHECK(kd_journal_name(&key, "x", b) == KD_OK);
		CHECK(strcmp(a, b) != 0);
	}
	setenv("XDG_STATE_HOME", "/state", 1);
	setenv("HOME", "/nowhere/me", 1);
	CHECK(kd_journal_folder(where) == KD_OK);
	CHECK_TEXT(NULL, where, "/state/crashcart/journals");
	setenv("XDG_STATE_HOME", "relative", 1);
	CHECK(kd_journal_folder(where) == KD_OK);
	CHECK_TEXT(NULL, where, "/nowhere/me/.local/state/crashcart/journals");
	unsetenv("HOME");
	CHECK(kd_journal_folder(where) == KD_E_NOT_FOUND);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "life", test_life },
		{ "lock", test_lock },
		{ "torn", test_torn },
		{ "names", test_names },
	};

	return check_run("journal file", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
