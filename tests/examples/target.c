#include "target.h"

#include "check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ENDS "end: the machine "

unsigned free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned port = 0;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    !getsockname(fd, (struct sockaddr *)&a, &len))
		port = ntohs(a.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

size_t lines_in(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

const char *how_name(enum how how)
{
	static const char *const names[HOWS] = { "KDNET", "unix socket", "TCP",
						 "pty" };

	return names[how];
}

bool target_start(struct target *t, enum how how, const char *const *more)
{
	char number[32], line[TEXT_LEN];
	const char *argv[RUN_ARGS_MAX] = { run_labtarget() };
	size_t n = 1;

	snprintf(t->folder, sizeof(t->folder), "/tmp/crashcart-test-XXXXXX");
	if (!mkdtemp(t->folder))
		return false;
	/* whatever is debugged through it leaves its journals there */
	setenv("XDG_STATE_HOME", t->folder, 1);
	snprintf(t->path, sizeof(t->path), "%s/target", t->folder);
	switch (how) {
	case NET:
		t->port = free_port();
		snprintf(number, sizeof(number), "127.0.0.1:%u", t->port);
		argv[n++] = "--net";
		argv[n++] = number;
		argv[n++] = "--key";
		argv[n++] = "1.2.3.4";
		break;
	case UNIX_SOCKET:
		argv[n++] = "--unix";
		argv[n++] = t->path;
		break;
	case TCP:
		argv[n++] = "--tcp";
		argv[n++] = "0";
		break;
	case PTY:
	case HOWS:
		argv[n++] = "--pty";
		argv[n++] = "--link";
		argv[n++] = t->path;
		break;
	}
	while (*more && n < RUN_ARGS_MAX - 1)
		argv[n++] = *more++;
	t->pid = run_start(argv, line, sizeof(line), &t->out);
	if (how == NET)
		snprintf(t->link, sizeof(t->link), "net:port=%u,key=1.2.3.4",
			 t->port);
	else if (how == TCP)
		snprintf(t->link, sizeof(t->link), "com:ipport=%d,port=%s",
			 atoi(line + strlen("ready: tcp ")), "127.0.0.1");
	else
		snprintf(t->link, sizeof(t->link), "com:pipe,port=%s", t->path);
	return t->pid > 0 && !strncmp(line, "ready: ", 7);
}

void target_stop(const char *name, struct target *t)
{
	target_stop_at(name, t, NULL);
}

/* Those that a program left behind which had no time to leave in order. */
static void remove_journals(const char *folder)
{
	char path[2 * PATH_LEN + 300];
	int len = snprintf(path, sizeof(path), "%s/crashcart/journals", folder);
	DIR *d = opendir(path);
	const struct dirent *e;

	while (d && (e = readdir(d)) != NULL) {
		snprintf(path + len, sizeof(path) - (size_t)len, "/%s",
			 e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	path[len] = '\0';
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

void target_stop_at(const char *name, struct target *t, const char *state)
{
	char line[TEXT_LEN];

	CHECK_EQ(name, run_stop(t->pid, t->out, line, sizeof(line)), 0);
	if (state && CHECK_ROW(name, strlen(line) > strlen(ENDS)))
		CHECK_TEXT(name, line + strlen(ENDS), state);
	unlink(t->path);
	remove_journals(t->folder);
	rmdir(t->folder);
}

size_t count(const char *text, const char *needle)
{
	size_t n = 0;

	for (text = strstr(text, needle); text; text = strstr(text + 1, needle))
		n++;
	return n;
}

void has(const char *name, const struct run_result *r, const char *text,
	 size_t times)
{
	if (!CHECK_EQ(name, count(r->out, text), times))
		printf("\"%s\" in:\n%s\n%s\n", text, r->out, r->err);
}
