#include "kd_names_text.h"

// clang-format off
/* The specific exceptions that the debuggers' documentation lists. */
static const struct {
	uint32_t code;
	const char *name;
} exceptions[] = {
	{ 0x4000001e, "WOW64 single step" },          /* STATUS_WX86_SINGLE_STEP */
	{ 0x4000001f, "WOW64 breakpoint" },           /* STATUS_WX86_BREAKPOINT */
	{ 0x40010005, "Control-C exception" },        /* DBG_CONTROL_C */
	{ 0x40010008, "Control-Break exception" },    /* DBG_CONTROL_BREAK */
	{ 0x40010009, "Debugger command exception" }, /* DBG_COMMAND_EXCEPTION */
	{ 0x80000001, "Guard page violation" },       /* STATUS_GUARD_PAGE_VIOLATION */
	{ 0x80000002, "Data misaligned" },            /* STATUS_DATATYPE_MISALIGNMENT */
	{ 0x80000003, "Break instruction exception" }, /* STATUS_BREAKPOINT */
	{ 0x80000004, "Single step exception" },      /* STATUS_SINGLE_STEP */
	{ 0x80000007, "Wake debugger" },              /* STATUS_WAKE_SYSTEM_DEBUGGER */
	{ 0xc0000005, "Access violation" },           /* STATUS_ACCESS_VIOLATION */
	{ 0xc0000006, "In-page I/O error" },          /* STATUS_IN_PAGE_ERROR */
	{ 0xc0000008, "Invalid handle" },             /* STATUS_INVALID_HANDLE */
	{ 0xc000001c, "Invalid system call" },        /* STATUS_INVALID_SYSTEM_SERVICE */
	{ 0xc000001d, "Illegal instruction" },        /* STATUS_ILLEGAL_INSTRUCTION */
	{ 0xc000001e, "Invalid lock sequence" },      /* STATUS_INVALID_LOCK_SEQUENCE */
	{ 0xc0000037, "Port disconnected" },          /* STATUS_PORT_DISCONNECTED */
	{ 0xc0000094, "Integer divide-by-zero" },     /* STATUS_INTEGER_DIVIDE_BY_ZERO */
	{ 0xc0000095, "Integer overflow" },           /* STATUS_INTEGER_OVERFLOW */
	{ 0xc00000fd, "Stack overflow" },             /* STATUS_STACK_OVERFLOW */
	{ 0xc0000409, "Stack buffer overflow" },      /* STATUS_STACK_BUFFER_OVERRUN */
	{ 0xc0000420, "Assertion failure" },          /* STATUS_ASSERTION_FAILURE */
	{ 0xc0000421, "Application Verifier stop" },  /* STATUS_VERIFIER_STOP */
	{ 0xe0434f4d, "CLR exception" },              /* STATUS_CLR_EXCEPTION */
	{ 0xe06d7363, "C++ EH exception" },           /* STATUS_CPP_EH_EXCEPTION */
};

/* The first build of each release; Windows 11 calls itself 10 here. */
static const struct {
	uint16_t build;
	const char *name;
} releases[] = {
	{ 10240, "Windows 10" },
	{ 9600,  "Windows 8.1" },
	{ 9200,  "Windows 8" },
	{ 7600,  "Windows 7" },
	{ 6000,  "Windows Vista" },
	{ 3790,  "Windows Server 2003" },
	{ 2600,  "Windows XP" },
	{ 2195,  "Windows 2000" },
};

/* Bits of SuiteMask, from the lowest. */
static const char *const suite_names[] = {
	"SmallBusiness", "Enterprise", "BackOffice", "CommunicationServer",
	"TerminalServer", "SmallBusinessRestricted", "EmbeddedNT", "DataCenter",
	"SingleUserTS", "Personal", "Blade", "EmbeddedRestricted",
};
// clang-format on

const char *kd_exception_name(uint32_t code)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (exceptions[i].code == code)
			return exceptions[i].name;
	return "Unknown exception";
}

const char *kd_release_name(const struct kd_version *v)
{
	/* the debuggee's kind, KD-WIRE 4.6 */
	switch (v->major >> 8) {
	case 4:
		return "Windows Boot Debugger";
	case 8:
		return "Hypervisor";
	default:
		break;
	}
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		if (v->build >= releases[i].build)
			return releases[i].name;
	return "Windows NT";
}

const char *kd_machine_name(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X86:
		return "x86 compatible";
	case KD_ARCH_ARM64:
		return "ARM 64-bit (AArch64)";
	case KD_ARCH_X64:
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return kd_arch_name(arch);
}

void kd_add_product(struct kd_text *out, uint32_t product, uint32_t suites)
{
	static const char *const products[] = { "<unknown>", "WinNt",
						"LanManNt", "Server" };

	kd_text_add(out, "Product: %s", products[product < 4 ? product : 0]);
	for (size_t i = 0, n = 0;
	     i < sizeof(suite_names) / sizeof(suite_names[0]); i++)
		if (suites >> i & 1)
			kd_text_add(out, "%s %s",
				    n++ ? "" : ", suite:", suite_names[i]);
}

static void add_silence(struct kd_text *out, enum kd_link_kind kind,
			const char *link_name)
{
	if (kind == KD_LINK_DATAGRAM)
		kd_text_add(out,
			    "Nothing has arrived on %s yet. Is the target on, "
			    "does 'bcdedit /dbgsettings' there name this "
			    "machine's address and this port, and does a "
			    "firewall here let it in?",
			    link_name);
	else
		kd_text_add(out,
			    "Nothing has arrived on %s yet. A target that runs "
			    "is silent: Ctrl-C breaks in. If that does not "
			    "help, check cable, port and speed against "
			    "'bcdedit /dbgsettings' there.",
			    link_name);
}

void kd_add_notice(struct kd_text *out, const struct kd_notice_report *notice,
		   enum kd_link_kind kind, const char *link_name)
{
	char from_text[KD_ENDPOINT_TEXT_MAX], other_text[KD_ENDPOINT_TEXT_MAX];
	const char *from = kd_endpoint_text(&notice->from, from_text);
	const char *other = kd_endpoint_text(&notice->other, other_text);

	switch (notice->what) {
	case KD_NOTICE_NONE:
	case KD_NOTICE_COUNT:
		break;
	case KD_NOTICE_SILENCE:
		add_silence(out, kind, link_name);
		break;
	case KD_NOTICE_NOT_KDNET:
		kd_text_add(out,
			    "Datagrams arrive from %s, but they are not "
			    "KDNET: something else sends to this port.",
			    from);
		break;
	case KD_NOTICE_WRONG_KEY:
		kd_text_add(out,
			    "KDNET datagrams arrive from %s, but none "
			    "authenticates: the key is wrong. 'bcdedit "
			    "/dbgsettings' there shows the right one.",
			    from);
		break;
	case KD_NOTICE_OTHER_ADDRESS:
		kd_text_add(out,
			    "%s is set up to be debugged from %s, which "
			    "is not this machine. Correct hostip and port "
			    "there with 'bcdedit /dbgsettings net'.",
			    from, other);
		break;
	case KD_NOTICE_HELD:
		kd_text_add(out,
			    "%s is being debugged from %s. '--takeover' "
			    "takes it from there.",
			    from, other);
		break;
	case KD_NOTICE_NO_DATA:
		kd_text_add(out,
			    "%s calls, but does not seem to hear our "
			    "answers: look for a firewall, IPsec or NIC "
			    "teaming between here and there.",
			    from);
		break;
	case KD_NOTICE_SECOND_TARGET:
		kd_text_add(out,
			    "A second machine with the same key, %s, is "
			    "ignored. Give each target a key of its own.",
			    from);
		break;
	case KD_NOTICE_TEXT:
		kd_text_add(out,
			    "Readable text arrives on %s, but no packets: "
			    "firmware or a console uses this line, or "
			    "debugging is not on there yet "
			    "('bcdedit /debug on').",
			    link_name);
		break;
	case KD_NOTICE_NOISE:
		kd_text_add(out,
			    "Bytes arrive on %s, but no packets: the "
			    "speeds differ, most likely. 'bcdedit "
			    "/dbgsettings' there shows the baud rate.",
			    link_name);
		break;
	case KD_NOTICE_ECHO:
		kd_text_add(out,
			    "What we send on %s comes back: the line is "
			    "looped, or its other end echoes.",
			    link_name);
		break;
	case KD_NOTICE_UNANSWERED:
		kd_text_add(out, "The target is there but does not answer. It "
				 "may be busy or hung; we keep listening.");
		break;
	}
}
