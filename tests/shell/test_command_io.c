/*
 * !drvobj, !devobj, !devstack and !irp on the lab's kernel: a disk with a
 * filter above it and a request that waits. Both layouts say the same.
 */
#include "lab_shell.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 8192, DIGITS = 16 };

#define IRP_HEAD                                                               \
	"Irp is active with 2 stacks 1 is current (= 0xA)\n"                   \
	" No Mdl: No System Buffer: Thread A:  Irp stack trace.  \n"
#define IRP_STACK                                                              \
	"     cmd  flg cl Device   File     Completion-Context\n"              \
	">[IRP_MJ_READ(3), N/A(0)]\n"                                          \
	"            0 e1 A 00000000 A-A Success Error Cancel pending\n"       \
	"           \\Driver\\labdisk  labdisk!LabDiskFilterDone\n"            \
	"            Args: 00000200 00000000 00000a00 00000000\n"              \
	" [IRP_MJ_READ(3), N/A(0)]\n"                                          \
	"            0  0 A 00000000 00000000-00000000    \n"                  \
	"           \\Driver\\labdisk\n"                                       \
	"            Args: 00000200 00000000 00000a00 00000000\n"
#define STACK                                                                  \
	"  !DevObj           !DrvObj            !DevExt           "            \
	"ObjectName\n"                                                         \
	"%s A  \\Driver\\labdisk    00000000          \n"                      \
	"%s A  \\Driver\\labdisk    00000000          LabDisk0\n"              \
	"!DevNode A :\n"                                                       \
	"  DeviceInst is \"LAB\\Disk\\0\"\n"                                   \
	"  ServiceName is \"labdisk\"\n"

/* Every address of 16 digits becomes "A". */
static const char *masked_plain(const char *text)
{
	static char out[TEXT_MAX];
	size_t len = 0;

	while (*text && len < sizeof(out) - 1) {
		size_t n = 0;

		while (isxdigit((unsigned char)text[n]))
			n++;
		out[len++] = n == DIGITS ? 'A' : *text;
		text += n == DIGITS ? DIGITS : 1;
	}
	out[len] = '\0';
	return out;
}

/* The 16 digits behind some words. */
static const char *digits_behind(const struct lab_shell *l, const char *words)
{
	static char out[DIGITS + 1];
	const char *at = strstr(l->out, words);

	if (CHECK_ROW(words, at != NULL))
		snprintf(out, sizeof(out), "%s", at + strlen(words));
	return out;
}

static bool open_layout(struct lab_shell *l, enum lab_dialect dialect,
			unsigned layout, bool json)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .layout = layout,
						 .json = json };

	if (!lab_shell_open(l, &config))
		return false;
	lab_shell_for(l, 3 * (uint64_t)PAIR_SECOND);
	if (lab_shell_break(l))
		return true;
	lab_shell_close(l);
	return false;
}

static void check_driver(struct lab_shell *l)
{
	static const char *const parts[] = {
		"DriverEntry:   A\tlabdisk!DriverEntry\n"
		"DriverStartIo: 00000000\t\n"
		"DriverUnload:  00000000\t\n"
		"AddDevice:     00000000\t\n"
		"\n"
		"Dispatch routines:\n"
		"[00] IRP_MJ_CREATE                      "
		"A\tnt!IopInvalidDeviceRequest\n",
		"[03] IRP_MJ_READ                        "
		"A\tlabdisk!LabDiskDispatchRead\n",
		"[1b] IRP_MJ_PNP                         "
		"A\tnt!IopInvalidDeviceRequest\n"
		"\n"
		"Fast I/O routines:\n"
		"FastIoCheckIfPossible                   "
		"A\tlabdisk!LabDiskFastIoCheck\n"
		"\n"
		"Device Object stacks:\n"
		"\n"
		"!devstack A :\n",
		"\nProcessed 2 device objects.\n",
	};
	const char *said;

	CHECK_TEXT("a driver by name",
		   masked_plain(lab_shell_run(l, "!drvobj labdisk", KD_OK)),
		   "Driver object (A) is for:\n"
		   " \\Driver\\labdisk\n"
		   "\n"
		   "Device Object list:\n"
		   "A  A  \n");
	CHECK_TEXT("its path, in another case",
		   masked_plain(lab_shell_run(l, "!drvobj \\driver\\LABDISK 0",
					      KD_OK)),
		   "Driver object (A) is for:\n \\Driver\\labdisk\n");
	said = masked_plain(lab_shell_run(l, "!drvobj labdisk 7", KD_OK));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		CHECK_ROW(parts[i], strstr(said, parts[i]) != NULL);
}

static void check_device(struct lab_shell *l)
{
	char want[512], line[64];

	CHECK_TEXT("a device by name",
		   masked_plain(lab_shell_run(l, "!devobj LabDisk0", KD_OK)),
		   "Device object (A) is for:\n"
		   " LabDisk0 \\Driver\\labdisk DriverObject A\n"
		   "Current Irp A RefCount 0 Type 00000007 Flags 00000040\n"
		   "DevExt 00000000 DevObjExt A DevNode A \n"
		   "ExtensionFlags (0000000000)  \n"
		   "Characteristics (0000000000)  \n"
		   "AttachedDevice (Upper) A \\Driver\\labdisk\n"
		   "Device queue is busy -- Queue empty.\n");
	snprintf(line, sizeof(line), "!devobj %s",
		 digits_behind(l, "(Upper) "));
	CHECK_TEXT("the filter by its address",
		   masked_plain(lab_shell_run(l, line, KD_OK)),
		   "Device object (A) is for:\n"
		   "  \\Driver\\labdisk DriverObject A\n"
		   "Current Irp 00000000 RefCount 0 Type 00000007 Flags "
		   "00000000\n"
		   "DevExt 00000000 DevObjExt A \n"
		   "ExtensionFlags (0000000000)  \n"
		   "Characteristics (0000000000)  \n"
		   "AttachedTo (Lower) A \\Driver\\labdisk\n"
		   "Device queue is not busy.\n");
	snprintf(want, sizeof(want), STACK, ">", " ");
	snprintf(line, sizeof(line), "!devstack %s",
		 digits_behind(l, "Device object ("));
	CHECK_TEXT("its stack", masked_plain(lab_shell_run(l, line, KD_OK)),
		   want);
	snprintf(want, sizeof(want), STACK, " ", ">");
	CHECK_TEXT("from below",
		   masked_plain(lab_shell_run(l, "!devstack \\Device\\LabDisk0",
					      KD_OK)),
		   want);
}

static void check_irp(struct lab_shell *l)
{
	char irp[DIGITS + 1], device[DIGITS + 1], line[64];
	const char *said;

	lab_shell_run(l, "!devobj LabDisk0", KD_OK);
	snprintf(device, sizeof(device), "%s",
		 digits_behind(l, "Device object ("));
	snprintf(irp, sizeof(irp), "%s", digits_behind(l, "Current Irp "));
	snprintf(line, sizeof(line), "!irp %s", irp);
	said = lab_shell_run(l, line, KD_OK);
	CHECK_TEXT("the request", masked_plain(said), IRP_HEAD IRP_STACK);
	CHECK_TEXT("it is at that device", digits_behind(l, " e1 "), device);
	snprintf(line, sizeof(line), "!irp %s 1", irp);
	CHECK_TEXT("and all of it", masked_plain(lab_shell_run(l, line, KD_OK)),
		   IRP_HEAD
		   "Flags = 00000000\n"
		   "ThreadListEntry.Flink = A\n"
		   "ThreadListEntry.Blink = A\n"
		   "IoStatus.Status = 00000000\n"
		   "IoStatus.Information = 00000000\n"
		   "RequestorMode = 00000000\n"
		   "Cancel = 00\n"
		   "CancelIrql = 0\n"
		   "CancelRoutine = 00000000   \n"
		   "UserBuffer = 00000000\n"
		   "Tail.Overlay.Thread = A\n"
		   "Tail.Overlay.ListEntry.Flink = 00000000\n"
		   "Tail.Overlay.ListEntry.Blink = 00000000\n"
		   "Tail.Overlay.CurrentStackLocation = A\n"
		   "Tail.Overlay.OriginalFileObject = 00000000\n" IRP_STACK);
}

static void test_texts(enum lab_dialect dialect)
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++) {
		if (!open_layout(&l, dialect, layout, false))
			return;
		check_driver(&l);
		check_device(&l);
		check_irp(&l);
		lab_shell_close(&l);
	}
}

/* What is no such thing is one sentence; what does not end, too. */
static void test_lies(enum lab_dialect dialect)
{
	static const struct {
		const char *line;
		enum kd_status status;
		const char *want;
	} rows[] = {
		{ "!irp 18", KD_E_TARGET,
		  "Cannot read the IRP at A: the target refused (NTSTATUS "
		  "0xc0000001).\n" },
		{ "!devobj nt!KiBugCheckData", KD_E_FORMAT,
		  "There is no device object at A: its Type says "
		  "otherwise.\n" },
		{ "!drvobj nt!KiBugCheckData", KD_E_FORMAT,
		  "There is no driver object at A: its Type says "
		  "otherwise.\n" },
		{ "!devobj \\Device\\Nobody", KD_E_NOT_FOUND,
		  "There is no object '\\Device\\Nobody'.\n" },
		{ "!devstack \\No\\Such\\Folder", KD_E_NOT_FOUND,
		  "There is no object '\\No\\Such\\Folder'.\n" },
	};
	static struct lab_shell l;
	char line[128], device[DIGITS + 1], upper[DIGITS + 1];

	if (!open_layout(&l, dialect, 1, false))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_TEXT(rows[i].line,
			   masked_plain(lab_shell_run(&l, rows[i].line,
						      rows[i].status)),
			   rows[i].want);
	/* a device that is attached to itself; its list of devices, too */
	lab_shell_run(&l, "!devobj LabDisk0", KD_OK);
	snprintf(device, sizeof(device), "%s",
		 digits_behind(&l, "Device object ("));
	snprintf(upper, sizeof(upper), "%s", digits_behind(&l, "(Upper) "));
	snprintf(line, sizeof(line),
		 ".foreach (at { s -[1]q %s L20 %s }) { eq at %s }", device,
		 upper, device);
	lab_shell_run(&l, line, KD_OK);
	CHECK_TEXT("it is above itself",
		   (lab_shell_run(&l, "!devobj LabDisk0", KD_OK),
		    digits_behind(&l, "(Upper) ")),
		   device);
	snprintf(line, sizeof(line),
		 ".foreach (at { s -[1]q %s L20 %s }) { eq at %s }", upper,
		 device, upper);
	lab_shell_run(&l, line, KD_OK);
	lab_shell_run(&l, "!drvobj labdisk 1", KD_OK);
	CHECK_EQ("a list without an end",
		 lab_shell_count(&l, "The list of devices does not end.\n"), 1);
	lab_shell_run(&l, "!devstack LabDisk0", KD_OK);
	CHECK_ROW("it ends", lab_shell_count(&l, "LabDisk0") <= 64);
	lab_shell_close(&l);
}

static void test_record(enum lab_dialect dialect)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "!devobj LabDisk0", "\"name\":\"LabDisk0\",\"driver\":"
				      "\"\\\\Driver\\\\labdisk\"" },
		{ "!devstack LabDisk0",
		  "\"name\":\"LabDisk0\",\"marked\":true" },
		{ "!drvobj labdisk 2",
		  "\"symbol\":\"labdisk!LabDiskDispatchRead\"" },
		{ "!irp @$t1",
		  "\"routine_name\":\"labdisk!LabDiskFilterDone\"" },
	};
	static struct lab_shell l;
	char line[64];
	const char *at;

	if (!open_layout(&l, dialect, 2, true))
		return;
	at = strstr(lab_shell_run(&l, "!devobj LabDisk0", KD_OK),
		    "\"current_irp\":\"");
	if (CHECK(at != NULL)) {
		snprintf(line, sizeof(line), "r $t1 = %.18s",
			 at + strlen("\"current_irp\":\""));
		lab_shell_run(&l, line, KD_OK);
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_ROW(rows[i].line,
			  strstr(lab_shell_run(&l, rows[i].line, KD_OK),
				 rows[i].want) != NULL);
	lab_shell_close(&l);
}

static void test_texts_both(void)
{
	pair_both(test_texts);
}

static void test_lies_both(void)
{
	pair_both(test_lies);
}

static void test_record_both(void)
{
	pair_both(test_record);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts", test_texts_both },
		{ "lies", test_lies_both },
		{ "record", test_record_both },
	};

	return check_run("drivers and requests", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
