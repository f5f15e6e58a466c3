#include "kd_register_text.h"

#include <inttypes.h>
#include <string.h>

/* As kd_format_layout() takes them. */
// clang-format off
static const char layout_x64[] =
	"rax={rax} rbx={rbx} rcx={rcx}\n"
	"rdx={rdx} rsi={rsi} rdi={rdi}\n"
	"rip={rip} rsp={rsp} rbp={rbp}\n"
	" r8={r8}  r9={r9} r10={r10}\n"
	"r11={r11} r12={r12} r13={r13}\n"
	"r14={r14} r15={r15}\n"
	"{flags}\n";

static const char segments[] =
	"cs={cs}  ss={ss}  ds={ds}  es={es}  fs={fs}  gs={gs}"
	"             efl={efl}\n";

static const char layout_x86[] =
	"eax={eax} ebx={ebx} ecx={ecx} edx={edx} esi={esi} edi={edi}\n"
	"eip={eip} esp={esp} ebp={ebp} {flags}\n";

static const char layout_arm[] =
	" r0={r0}  r1={r1}  r2={r2}  r3={r3}  r4={r4}  r5={r5}\n"
	" r6={r6}  r7={r7}  r8={r8}  r9={r9} r10={r10} r11={r11}\n"
	"r12={r12}  sp={sp}  lr={lr}  pc={pc} psr={cpsr}\n";

static const char layout_arm64[] =
	" x0={x0}   x1={x1}   x2={x2}   x3={x3}\n"
	" x4={x4}   x5={x5}   x6={x6}   x7={x7}\n"
	" x8={x8}   x9={x9}  x10={x10}  x11={x11}\n"
	"x12={x12}  x13={x13}  x14={x14}  x15={x15}\n"
	"x16={x16}  x17={x17}  x18={x18}  x19={x19}\n"
	"x20={x20}  x21={x21}  x22={x22}  x23={x23}\n"
	"x24={x24}  x25={x25}  x26={x26}  x27={x27}\n"
	"x28={x28}   fp={fp}   lr={lr}   sp={sp}\n"
	" pc={pc} psr={cpsr}\n";

/* Bits of EFLAGS in the order of WinDbg's line, and their two spellings. */
static const struct {
	unsigned bit;
	const char *set, *clear;
} flag_words[] = {
	{ 20, "vip", "   " },
	{ 19, "vif", "   " },
	{ 11, "ov",  "nv" },
	{ 10, "dn",  "up" },
	{ 9,  "ei",  "di" },
	{ 7,  "ng",  "pl" },
	{ 6,  "zr",  "nz" },
	{ 4,  "ac",  "na" },
	{ 2,  "pe",  "po" },
	{ 0,  "cy",  "nc" },
};
// clang-format on

static const char *layout_of(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return layout_x64;
	case KD_ARCH_X86:
		return layout_x86;
	case KD_ARCH_ARM:
		return layout_arm;
	case KD_ARCH_ARM64:
		return layout_arm64;
	case KD_ARCH_UNKNOWN:
		break;
	}
	return NULL;
}

static uint64_t value_of(const struct kd_context *c, const char *name,
			 int *digits)
{
	const struct kd_register *r = kd_register_find(c->arch, name);
	uint64_t v = 0;

	*digits = 0;
	if (!r)
		return 0;
	*digits = (int)(kd_register_bits(r) + 3) / 4;
	if (!kd_register_get(c, r, &v))
		v = 0;
	return v;
}

enum { PARITY_BIT = 2 };

static void add_flags(struct kd_text *out, const struct kd_context *c)
{
	int digits;
	uint64_t flags = value_of(c, "efl", &digits);

	/* WinDbg has "pe" and "po" the wrong way round on x64: so have we */
	if (c->arch == KD_ARCH_X64)
		flags ^= 1 << PARITY_BIT;
	kd_text_add(out, "iopl=%u", (unsigned)(flags >> 12 & 3));
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++)
		kd_text_add(out, " %s",
			    flags >> flag_words[i].bit & 1
				    ? flag_words[i].set
				    : flag_words[i].clear);
}

void kd_format_layout(struct kd_text *out, const struct kd_context *c,
		      const char *at)
{
	while (*at) {
		char name[8];
		size_t plain = strcspn(at, "{"), len;
		int digits;
		uint64_t v;

		kd_text_add(out, "%.*s", (int)plain, at);
		at += plain;
		if (!*at)
			break;
		len = strcspn(++at, "}");
		memcpy(name, at, len);
		name[len] = '\0';
		at += len + 1;
		v = value_of(c, name, &digits);
		if (!strcmp(name, "flags"))
			add_flags(out, c);
		else
			kd_text_add(out, "%0*" PRIx64, digits, v);
	}
}

bool kd_format_integers(struct kd_text *out, const struct kd_context *c)
{
	const char *layout = layout_of(c->arch);

	if (!layout)
		return false;
	kd_format_layout(out, c, layout);
	return true;
}

void kd_format_segments(struct kd_text *out, const struct kd_context *c)
{
	if (c->arch == KD_ARCH_X64 || c->arch == KD_ARCH_X86)
		kd_format_layout(out, c, segments);
}

bool kd_format_registers(struct kd_text *out, const struct kd_context *c)
{
	if (!kd_format_integers(out, c))
		return false;
	kd_format_segments(out, c);
	return true;
}

bool kd_format_register(struct kd_text *out, const struct kd_context *c,
			const struct kd_register *r)
{
	int digits;
	uint64_t v;

	if (!kd_register_get(c, r, &v))
		return false;
	v = value_of(c, r->name, &digits);
	kd_text_add(out, "%s=%0*" PRIx64, r->name, digits, v);
	return true;
}
