#include "check.h"
#include "kd_expression.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	uint64_t value;
	bool is_register;
	enum kd_status status;
} known[] = {
	{ "rip", 0xfffff803bb757020, true, KD_OK },
	{ "r8", 8, true, KD_OK },
	{ "eax", 0x80000000, true, KD_OK },
	{ "af", 1, true, KD_OK },
	{ "$ip", 0x1234, true, KD_OK },
	{ "$t0", 0x80000000, true, KD_OK },
	{ "$peb", 0, true, KD_E_UNSUPPORTED },
	{ "nt", 0xfffff80000000000, false, KD_OK },
	{ "nt!Symbol", 0x5000, false, KD_OK },
	{ "foo!bar::baz", 40, false, KD_OK },
	{ "foo.bar", 20, false, KD_OK },
	{ "gone", 0, false, KD_E_TIMEOUT },
};

static enum kd_status lookup(void *ctx, const char *name, size_t len,
			     bool is_register, uint64_t *ret)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strlen(known[i].name) != len ||
		    memcmp(known[i].name, name, len) != 0 ||
		    (is_register && !known[i].is_register))
			continue;
		*ret = known[i].value;
		return known[i].status;
	}
	return KD_E_NOT_FOUND;
}

/* Eight bytes at 1000, other ones there in physical memory, an image. */
static enum kd_status read_memory(void *ctx, uint64_t address, bool physical,
				  void *buf, size_t len)
{
	static const uint8_t at_1000[] = { 0x11, 0x22, 0x33, 0x44,
					   0x55, 0x66, 0x77, 0x88 };
	static const uint8_t there[] = { 0x91, 0xa2, 0xb3, 0xc4,
					 0xd5, 0xe6, 0xf7, 0x08 };
	static const uint8_t lfanew[] = { 0x80, 0, 0, 0 };
	static const uint8_t entry[] = { 0xbc, 0x0a, 0, 0 };
	const struct {
		uint64_t address;
		const uint8_t *bytes;
		size_t len;
		bool physical;
	} pieces[] = {
		{ 0x1000, at_1000, 8, false },
		{ 0x1000, there, 8, true },
		{ 0x303c, lfanew, 4, false },
		{ 0x30a8, entry, 4, false },
		{ 0xffffffff80000000, at_1000, 8, false },
	};

	(void)ctx;
	if (address == 0x9000)
		return KD_E_LOST;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		uint64_t offset = address - pieces[i].address;

		if (pieces[i].physical != physical || offset > pieces[i].len ||
		    len > pieces[i].len - offset)
			continue;
		memcpy(buf, pieces[i].bytes + offset, len);
		return KD_OK;
	}
	return KD_E_TARGET;
}

static const struct kd_names names64 = { lookup, read_memory, NULL, 8, 16 };
static const struct kd_names names32 = { lookup, read_memory, NULL, 4, 16 };
static const struct kd_names names10 = { lookup, read_memory, NULL, 8, 10 };
static const struct kd_names names8 = { lookup, read_memory, NULL, 8, 8 };

// clang-format off
static const struct {
	const char *text;
	enum kd_status want;
	uint64_t value;
	const char *rest; /* or the complaint */
} rows[] = {
	{ "0", KD_OK, 0, "" },
	{ "10", KD_OK, 0x10, "" },
	{ "fffff803`bb757020", KD_OK, 0xfffff803bb757020, "" },
	{ "0n10", KD_OK, 0xa, "" },
	{ "0N10", KD_OK, 0xa, "" },
	{ "0t17", KD_OK, 0xf, "" },
	{ "0T17", KD_OK, 0xf, "" },
	{ "0y101", KD_OK, 5, "" },
	{ "0Y101", KD_OK, 5, "" },
	{ "0x1f", KD_OK, 0x1f, "" },
	{ "0X1F", KD_OK, 0x1f, "" },
	{ "0b1", KD_OK, 0xb1, "" },
	{ "0d", KD_OK, 0xd, "" },
	{ "0x", KD_OK, 0, "" },
	{ "0n", KD_OK, 0, "" },
	{ "0t", KD_OK, 0, "" },
	{ "0y", KD_OK, 0, "" },
	{ "10h", KD_OK, 0x10, "" },
	{ "10H", KD_OK, 0x10, "" },
	{ "4AB3h", KD_OK, 0x4ab3, "" },
	{ "4aB3H", KD_OK, 0x4ab3, "" },
	{ "0x4AB3", KD_OK, 0x4ab3, "" },
	{ "0X4aB3", KD_OK, 0x4ab3, "" },
	{ "ah", KD_OK, 0xa, "" },
	{ "1ah", KD_OK, 0x1a, "" },
	{ "DEADBEEF", KD_OK, 0xdeadbeef, "" },
	{ "a", KD_OK, 0xa, "" },
	{ "1`", KD_OK, 1, "" },
	{ "1`1", KD_OK, 0x11, "" },
	{ "0`ffffffff", KD_OK, 0xffffffff, "" },
	{ "0n1`0", KD_OK, 0xa, "" },
	{ "ffffffff`ffffffff", KD_OK, 0xffffffffffffffff, "" },
	{ "0n18446744073709551615", KD_OK, 0xffffffffffffffff, "" },
	{ "00000000000000000000000000000001", KD_OK, 1, "" },
	{ "rip", KD_OK, 0xfffff803bb757020, "" },
	{ "@rip", KD_OK, 0xfffff803bb757020, "" },
	{ ".", KD_OK, 0x1234, "" },
	{ ". + 1", KD_OK, 0x1235, "" },
	{ "$ip", KD_OK, 0x1234, "" },
	{ "@$ip", KD_OK, 0x1234, "" },
	{ "nt", KD_OK, 0xfffff80000000000, "" },
	{ "nt+1000", KD_OK, 0xfffff80000001000, "" },
	{ "nt!Symbol", KD_OK, 0x5000, "" },
	{ "nt!Symbol+8", KD_OK, 0x5008, "" },
	{ "@!\"nt!Symbol\"", KD_OK, 0x5000, "" },
	{ "@!\"nt!Symbol\" + 1", KD_OK, 0x5001, "" },
	{ "foo!bar::baz", KD_OK, 0x28, "" },
	{ "foo.bar", KD_OK, 0x14, "" },
	{ "af", KD_OK, 0xaf, "" },
	{ "@af", KD_OK, 1, "" },
	{ "+1", KD_OK, 1, "" },
	{ "-1", KD_OK, 0xffffffffffffffff, "" },
	{ "+-1", KD_OK, 0xffffffffffffffff, "" },
	{ "--1", KD_OK, 1, "" },
	{ "-(-1)", KD_OK, 1, "" },
	{ "5--3", KD_OK, 8, "" },
	{ "5 - -3", KD_OK, 8, "" },
	{ "5-+3", KD_OK, 2, "" },
	{ "1+1", KD_OK, 2, "" },
	{ "1 + 2 * 3", KD_OK, 7, "" },
	{ "(1+1) * 2", KD_OK, 4, "" },
	{ "1 + (1 * 2)", KD_OK, 3, "" },
	{ "1 + 2 * 3 + 4", KD_OK, 0xb, "" },
	{ "1 + 2 * 3 / 4", KD_OK, 2, "" },
	{ "0n100/7", KD_OK, 0xe, "" },
	{ "64/8/2", KD_OK, 6, "" },
	{ "0n17 mod 5", KD_OK, 2, "" },
	{ "0n17 % 5", KD_OK, 2, "" },
	{ "0n17 MOD 5", KD_OK, 2, "" },
	{ "2*3%4", KD_OK, 2, "" },
	{ "2*(3%4)", KD_OK, 6, "" },
	{ "1-2", KD_OK, 0xffffffffffffffff, "" },
	{ "1-2-3", KD_OK, 0xfffffffffffffffc, "" },
	{ "1-(2-3)", KD_OK, 2, "" },
	{ "10-1", KD_OK, 0xf, "" },
	{ "ffffffff`ffffffff+1", KD_OK, 0, "" },
	{ "ffffffff`ffffffff*2", KD_OK, 0xfffffffffffffffe, "" },
	{ "0-1", KD_OK, 0xffffffffffffffff, "" },
	{ "1<<4", KD_OK, 0x10, "" },
	{ "1<<3f", KD_OK, 0x8000000000000000, "" },
	{ "1<<40", KD_OK, 0, "" },
	{ "1<<ffffffff`ffffffff", KD_OK, 0, "" },
	{ "80>>4", KD_OK, 8, "" },
	{ "-1>>3f", KD_OK, 1, "" },
	{ "-1>>40", KD_OK, 0, "" },
	{ "-8>>>2", KD_OK, 0xfffffffffffffffe, "" },
	{ "-1>>>40", KD_OK, 0xffffffffffffffff, "" },
	{ "-1>>>ffff", KD_OK, 0xffffffffffffffff, "" },
	{ "8>>>1", KD_OK, 4, "" },
	{ "7fffffff`ffffffff>>>3e", KD_OK, 1, "" },
	{ "8>>>0", KD_OK, 8, "" },
	{ "1+1<<2", KD_OK, 8, "" },
	{ "1<<2+1", KD_OK, 8, "" },
	{ "10>>1>>1", KD_OK, 4, "" },
	{ "1=1", KD_OK, 1, "" },
	{ "1==1", KD_OK, 1, "" },
	{ "1=2", KD_OK, 0, "" },
	{ "1==2", KD_OK, 0, "" },
	{ "1!=2", KD_OK, 1, "" },
	{ "1!=1", KD_OK, 0, "" },
	{ "1<2", KD_OK, 1, "" },
	{ "2<1", KD_OK, 0, "" },
	{ "1<1", KD_OK, 0, "" },
	{ "2>1", KD_OK, 1, "" },
	{ "1>2", KD_OK, 0, "" },
	{ "1<=1", KD_OK, 1, "" },
	{ "2<=1", KD_OK, 0, "" },
	{ "1>=1", KD_OK, 1, "" },
	{ "1>=2", KD_OK, 0, "" },
	{ "-1<0", KD_OK, 0, "" },
	{ "-1>0", KD_OK, 1, "" },
	{ "1<2<3", KD_OK, 1, "" },
	{ "3>2>1", KD_OK, 0, "" },
	{ "1+1=2", KD_OK, 1, "" },
	{ "2=1+1", KD_OK, 1, "" },
	{ "1<<1=2", KD_OK, 1, "" },
	{ "c&a", KD_OK, 8, "" },
	{ "c and a", KD_OK, 8, "" },
	{ "c AND a", KD_OK, 8, "" },
	{ "c^a", KD_OK, 6, "" },
	{ "c xor a", KD_OK, 6, "" },
	{ "c|a", KD_OK, 0xe, "" },
	{ "c or a", KD_OK, 0xe, "" },
	{ "1|2&3", KD_OK, 3, "" },
	{ "1 or 2 and 3", KD_OK, 3, "" },
	{ "1^3&2", KD_OK, 3, "" },
	{ "1|3^1", KD_OK, 3, "" },
	{ "4|1^1", KD_OK, 4, "" },
	{ "1&2=2", KD_OK, 1, "" },
	{ "(1&2)=2", KD_OK, 0, "" },
	{ "f & 1 = 1", KD_OK, 1, "" },
	{ "ff and 0n15", KD_OK, 0xf, "" },
	{ "not 0", KD_OK, 1, "" },
	{ "not 5", KD_OK, 0, "" },
	{ "NOT 0", KD_OK, 1, "" },
	{ "not(0)", KD_OK, 1, "" },
	{ "not not 5", KD_OK, 1, "" },
	{ "not 0+1", KD_OK, 2, "" },
	{ "not (0+1)", KD_OK, 0, "" },
	{ "-1+2", KD_OK, 1, "" },
	{ "-2*3", KD_OK, 0xfffffffffffffffa, "" },
	{ "not 1=0", KD_OK, 1, "" },
	{ "NOT(($ip = .) AND ($ip = $ip))", KD_OK, 0, "" },
	{ "hi 12345678", KD_OK, 0x1234, "" },
	{ "low 12345678", KD_OK, 0x5678, "" },
	{ "lo 12345678", KD_OK, 0x5678, "" },
	{ "hi(12345678)", KD_OK, 0x1234, "" },
	{ "hi 1`23456789", KD_OK, 0x2345, "" },
	{ "low -1", KD_OK, 0xffff, "" },
	{ "hi low 12345678", KD_OK, 0, "" },
	{ "by 1000", KD_OK, 0x11, "" },
	{ "by(1000)", KD_OK, 0x11, "" },
	{ "wo 1000", KD_OK, 0x2211, "" },
	{ "dwo 1000", KD_OK, 0x44332211, "" },
	{ "qwo 1000", KD_OK, 0x8877665544332211, "" },
	{ "poi 1000", KD_OK, 0x8877665544332211, "" },
	{ "poi(1000)", KD_OK, 0x8877665544332211, "" },
	{ "POI(1000)", KD_OK, 0x8877665544332211, "" },
	{ "Poi 1000", KD_OK, 0x8877665544332211, "" },
	{ "by 1000+1", KD_OK, 0x12, "" },
	{ "by (1000+1)", KD_OK, 0x22, "" },
	{ "by(1000)+1", KD_OK, 0x12, "" },
	{ "wo(1006)", KD_OK, 0x8877, "" },
	{ "$pby 1000", KD_OK, 0x91, "" },
	{ "$pwo(1000)", KD_OK, 0xa291, "" },
	{ "$pdwo 1000", KD_OK, 0xc4b3a291, "" },
	{ "poi(1000) = 88776655`44332211", KD_OK, 1, "" },
	{ "by(1000)+by(1001)*100", KD_OK, 0x2211, "" },
	{ "-by 1000", KD_OK, 0xffffffffffffffef, "" },
	{ "not by 1000", KD_OK, 0, "" },
	{ "dwo(1000) & ff", KD_OK, 0x11, "" },
	{ "%1000", KD_OK, 0x1000, "" },
	{ "by %1000", KD_OK, 0x11, "" },
	{ "((((1))))", KD_OK, 1, "" },
	{ "(1+(2*(3-(4-5))))", KD_OK, 9, "" },
	{ "( 1 + 2 )", KD_OK, 3, "" },
	{ "\t1\t+\n2", KD_OK, 3, "" },
	{ "@@masm(1+2)*2", KD_OK, 6, "" },
	{ "@@MASM(5)", KD_OK, 5, "" },
	{ "$scmp(\"a\",\"b\")", KD_OK, 0xffffffffffffffff, "" },
	{ "$scmp(\"b\",\"a\")", KD_OK, 1, "" },
	{ "$scmp(\"a\",\"a\")", KD_OK, 0, "" },
	{ "$scmp(\"a\", \"A\")", KD_OK, 1, "" },
	{ "$sicmp(\"a\",\"A\")", KD_OK, 0, "" },
	{ "$sicmp( \"abc\" , \"ABD\" )", KD_OK, 0xffffffffffffffff, "" },
	{ "$SICMP(\"a\",\"A\")=0", KD_OK, 1, "" },
	{ "$spat(\"Program\",\"Prog[er-t7]am\")", KD_OK, 1, "" },
	{ "$spat(\"Progxam\",\"Prog[er-t7]am\")", KD_OK, 0, "" },
	{ "$spat(\"prog7am\",\"PROG[er-t7]AM\")", KD_OK, 1, "" },
	{ "$spat(\"Lp\",\"Lo#p\")", KD_OK, 1, "" },
	{ "$spat(\"Looop\",\"Lo#p\")", KD_OK, 1, "" },
	{ "$spat(\"Lp\",\"Lo+p\")", KD_OK, 0, "" },
	{ "$spat(\"Loop\",\"Lo+p\")", KD_OK, 1, "" },
	{ "$spat(\"miain\",\"m[ia]#n\")", KD_OK, 1, "" },
	{ "$spat(\"mn\",\"m[ia]+n\")", KD_OK, 0, "" },
	{ "$spat(\"ab\",\"a?+b\")", KD_OK, 0, "" },
	{ "$spat(\"axxb\",\"a?+b\")", KD_OK, 1, "" },
	{ "$spat(\"ab\",\"a*b\")", KD_OK, 1, "" },
	{ "$spat(\"\",\"\")", KD_OK, 1, "" },
	{ "$spat(\"\",\"*\")", KD_OK, 1, "" },
	{ "$spat(\"a\",\"\")", KD_OK, 0, "" },
	{ "$spat(@\"c:\\dir\\name.txt\",\"*name*\")", KD_OK, 1, "" },
	{ "$spat(@\"c:\\dir\\\",\"*filename*\")", KD_OK, 0, "" },
	{ "$spat(\"a*b\",@\"a\\*b\")", KD_OK, 1, "" },
	{ "$spat(\"axb\",@\"a\\*b\")", KD_OK, 0, "" },
	{ "$vvalid(1000,8)", KD_OK, 1, "" },
	{ "$vvalid(1000,1)", KD_OK, 1, "" },
	{ "$vvalid(1000,9)", KD_OK, 0, "" },
	{ "$vvalid(0,f)", KD_OK, 0, "" },
	{ "not($vvalid(1000,8))", KD_OK, 0, "" },
	{ "$vvalid(800*2, 4+4)+1", KD_OK, 2, "" },
	{ "$vvalid((1000),(8))", KD_OK, 1, "" },
	{ "$vvalid(-1,2)", KD_OK, 0, "" },
	{ "$vvalid(1000,0)", KD_OK, 0, "" },
	{ "$iment(3000)", KD_OK, 0x3abc, "" },
	{ "$iment(3000)+1", KD_OK, 0x3abd, "" },
	{ "0xfffff803`bb757020 L4", KD_OK, 0xfffff803bb757020, " L4" },
	{ "rip+5 L3", KD_OK, 0xfffff803bb757025, " L3" },
	{ "rip + 5 L3", KD_OK, 0xfffff803bb757025, " L3" },
	{ "1 2", KD_OK, 1, " 2" },
	{ "1)", KD_OK, 1, ")" },
	{ "(1))", KD_OK, 1, ")" },
	{ "1,2", KD_OK, 1, ",2" },
	{ "1;2", KD_OK, 1, ";2" },
	{ "1 {x}", KD_OK, 1, " {x}" },
	{ "5 'cmd'", KD_OK, 5, " 'cmd'" },
	{ "5 .echo", KD_OK, 5, " .echo" },
	{ "1 not 2", KD_OK, 1, " not 2" },
	{ "1 poi 2", KD_OK, 1, " poi 2" },
	{ "1 @rip", KD_OK, 1, " @rip" },
	{ "rip-20", KD_OK, 0xfffff803bb757000, "" },
	{ "r8+r8+1", KD_OK, 0x11, "" },
	{ "1 ]", KD_OK, 1, " ]" },
	{ "1 \"x\"", KD_OK, 1, " \"x\"" },
	{ "1`00000000`00000000", KD_E_FORMAT, 0,
	  "Overflow error at '1`00000000`00000000'" },
	{ "0n18446744073709551616", KD_E_FORMAT, 0,
	  "Overflow error at '0n18446744073709551616'" },
	{ "", KD_E_FORMAT, 0,
	  "Numeric expression missing from '<EOL>'" },
	{ "   ", KD_E_FORMAT, 0,
	  "Numeric expression missing from '<EOL>'" },
	{ "5+", KD_E_FORMAT, 0,
	  "Numeric expression missing from '<EOL>'" },
	{ "1*", KD_E_FORMAT, 0,
	  "Numeric expression missing from '<EOL>'" },
	{ "*1", KD_E_FORMAT, 0,
	  "Numeric expression missing from '*1'" },
	{ "1 && 2", KD_E_FORMAT, 0,
	  "Numeric expression missing from '& 2'" },
	{ "1 || 2", KD_E_FORMAT, 0,
	  "Numeric expression missing from '| 2'" },
	{ "()", KD_E_FORMAT, 0,
	  "Numeric expression missing from ')'" },
	{ "(1+1", KD_E_FORMAT, 0,
	  "Syntax error at '<EOL>'" },
	{ "(1 2)", KD_E_FORMAT, 0,
	  "Syntax error at '2)'" },
	{ "(1,2)", KD_E_FORMAT, 0,
	  "Syntax error at ',2)'" },
	{ "poi", KD_E_FORMAT, 0,
	  "Numeric expression missing from '<EOL>'" },
	{ "poi()", KD_E_FORMAT, 0,
	  "Numeric expression missing from ')'" },
	{ "`5", KD_E_FORMAT, 0,
	  "Syntax error at '`5'" },
	{ "`a.c:5`", KD_E_FORMAT, 0,
	  "Syntax error at '`a.c:5`'" },
	{ "@", KD_E_FORMAT, 0,
	  "Numeric expression missing from '@'" },
	{ "{", KD_E_FORMAT, 0,
	  "Numeric expression missing from '{'" },
	{ ".echo", KD_E_FORMAT, 0,
	  "Numeric expression missing from '.echo'" },
	{ "1/0", KD_E_FORMAT, 0,
	  "Operand error at '0'" },
	{ "1 mod (5-5)", KD_E_FORMAT, 0,
	  "Operand error at ')'" },
	{ "1%0 L4", KD_E_FORMAT, 0,
	  "Operand error at '0 L4'" },
	{ "@@(1)", KD_E_UNSUPPORTED, 0,
	  "C++ expressions are not known here: '@@(1)'" },
	{ "@@c++(1)", KD_E_UNSUPPORTED, 0,
	  "C++ expressions are not known here: '@@c++(1)'" },
	{ "poi 1", KD_E_TARGET, 0,
	  "Memory access error at '1'" },
	{ "poi(0)", KD_E_TARGET, 0,
	  "Memory access error at ')'" },
	{ "dwo(0) == 100", KD_E_TARGET, 0,
	  "Memory access error at ') == 100'" },
	{ "poi 1007", KD_E_TARGET, 0,
	  "Memory access error at '1007'" },
	{ "$ppoi 0", KD_E_TARGET, 0,
	  "Memory access error at '0'" },
	{ "nt!KeBugCheckEx", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at 'nt!KeBugCheckEx'" },
	{ "foo", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at 'foo'" },
	{ "!1", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at '!1'" },
	{ "nt!1", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at 'nt!1'" },
	{ "1+foo*2", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at 'foo*2'" },
	{ "0n1f", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at '0n1f'" },
	{ "0t8", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at '0t8'" },
	{ "0y2", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at '0y2'" },
	{ "0xg", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at '0xg'" },
	{ "h", KD_E_NOT_FOUND, 0,
	  "Couldn't resolve error at 'h'" },
	{ "@nt", KD_E_NOT_FOUND, 0,
	  "Bad register error at '@nt'" },
	{ "@foo", KD_E_NOT_FOUND, 0,
	  "Bad register error at '@foo'" },
	{ "@RIP", KD_E_NOT_FOUND, 0,
	  "Bad register error at '@RIP'" },
	{ "$peb", KD_E_UNSUPPORTED, 0,
	  "Not known here: '$peb'" },
	{ "@$peb+1", KD_E_UNSUPPORTED, 0,
	  "Not known here: '@$peb+1'" },
	{ "gone", KD_E_TIMEOUT, 0,
	  "" },
	{ "poi(9000)", KD_E_LOST, 0,
	  "" },
	{ "$vvalid", KD_E_FORMAT, 0,
	  "Syntax error at '$vvalid'" },
	{ "$vvalid(1000)", KD_E_FORMAT, 0,
	  "Syntax error at ')'" },
	{ "$vvalid(1000,1,1)", KD_E_FORMAT, 0,
	  "Syntax error at ',1)'" },
	{ "$vvalid(1000,1", KD_E_FORMAT, 0,
	  "Syntax error at '<EOL>'" },
	{ "$vvalid()", KD_E_FORMAT, 0,
	  "Numeric expression missing from ')'" },
	{ "$vvalid(0,20000000)", KD_E_FORMAT, 0,
	  "Range error at ')'" },
	{ "$iment(0)", KD_E_TARGET, 0,
	  "Memory access error at ')'" },
	{ "$scmp", KD_E_FORMAT, 0,
	  "Syntax error at '<EOL>'" },
	{ "$scmp(1,2)", KD_E_FORMAT, 0,
	  "Syntax error at '(1,2)'" },
	{ "$scmp(\"a\")", KD_E_FORMAT, 0,
	  "Syntax error at '(\"a\")'" },
	{ "$spat(\"c:\\\", \"x\")", KD_E_FORMAT, 0,
	  "Syntax error at '(\"c:\\\", \"x\")'" },
};

static const struct {
	const char *text;
	size_t size;
	enum kd_status want;
	uint64_t start, count;
	const char *complaint;
} ranges[] = {
	{ "",              1, KD_OK, 0x77, 0, "" },
	{ "1000",          4, KD_OK, 0x1000, 0, "" },
	{ "1000 L4",       4, KD_OK, 0x1000, 4, "" },
	{ "1000 l4",       4, KD_OK, 0x1000, 4, "" },
	{ "1000 L 0n20",   4, KD_OK, 0x1000, 20, "" },
	{ "rip+5 L3",      1, KD_OK, 0xfffff803bb757025, 3, "" },
	{ "L8",            1, KD_OK, 0x77, 8, "" },
	{ "1000 1000",     1, KD_OK, 0x1000, 1, "" },
	{ "1000 100f",     4, KD_OK, 0x1000, 4, "" },
	{ "1000 1010",     4, KD_OK, 0x1000, 5, "" },
	{ "1000 L@r8",     1, KD_OK, 0x1000, 8, "" },
	{ "1000 L?20000000", 1, KD_OK, 0x1000, 0x20000000, "" },
	{ "1000 L20000000",  1, KD_E_FORMAT, 0, 0, "Range error in '1000 L20000000'" },
	{ "1000 L0",       1, KD_E_FORMAT, 0, 0, "Range error in '1000 L0'" },
	{ "1000 L?ffffffff`ffffffff", 2, KD_E_FORMAT, 0, 0, "Range error in '1000 L?ffffffff`ffffffff'" },
	{ "1000 fff",      1, KD_E_FORMAT, 0, 0, "Range error in '1000 fff'" },
	{ "1000 L-8",      1, KD_OK, 0xff8, 8, "" },
	{ "1000 L-2",      8, KD_OK, 0xff0, 2, "" },
	{ "1000 L?-10",    1, KD_OK, 0xff0, 0x10, "" },
	{ "1000 L-1001",   1, KD_E_FORMAT, 0, 0, "Range error in '1000 L-1001'" },
	{ "1000 l758/@r8", 1, KD_OK, 0x1000, 0xeb, "" },
	{ "1000 L(2*3)",   1, KD_OK, 0x1000, 6, "" },
	{ "1000 L poi(1000)&f", 1, KD_OK, 0x1000, 1, "" },
	{ "poi(1000)&ff L1", 1, KD_OK, 0x11, 1, "" },
	{ "0 l?ffffffff",  4, KD_OK, 0, 0xffffffff, "" },
	{ "1000 (1000+7)", 4, KD_OK, 0x1000, 2, "" },
	{ "1000 (800*2)+7", 1, KD_OK, 0x1000, 8, "" },
	{ "1000 L?",       1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'L?'" },
	{ "(1000",         1, KD_E_FORMAT, 0, 0, "Syntax error at '<EOL>'" },
	{ "1000 L4 5",     1, KD_E_FORMAT, 0, 0, "Extra character error in '5'" },
	{ "1000 L",        1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'L'" },
	{ "lost",          1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'lost'" },
};
// clang-format on

static void test_expressions(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = rows[i].text;
		struct kd_detail detail = { 0 };
		uint64_t value = 0;
		enum kd_status st =
			kd_expression_parse(&at, &names64, &detail, &value);

		CHECK_EQ(rows[i].text, -st, -rows[i].want);
		CHECK_EQ(rows[i].text, value, rows[i].value);
		CHECK_TEXT(rows[i].text, st == KD_OK ? at : detail.text,
			   rows[i].rest);
	}
}

static void test_ranges(void)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const char *name = ranges[i].text;
		struct kd_detail detail = { 0 };
		struct kd_range r = { .start = 0x77 };
		enum kd_status st = kd_range_parse(name, &names64,
						   ranges[i].size, &detail, &r);

		CHECK_EQ(name, -st, -ranges[i].want);
		CHECK_TEXT(name, detail.text, ranges[i].complaint);
		if (st != KD_OK)
			continue;
		CHECK_EQ(name, r.start, ranges[i].start);
		CHECK_EQ(name, r.count, ranges[i].count);
	}
}

/* What depends on the target's pointers, and on the base of numbers. */
// clang-format off
static const struct {
	const struct kd_names *names;
	const char *text;
	uint64_t value;
} elsewhere[] = {
	{ &names32, "81f71864",             0xffffffff81f71864 },
	{ &names32, "7fff0000",             0x7fff0000 },
	{ &names32, "00000000EEAA1122",     0xffffffffeeaa1122 },
	{ &names32, "00000000`EEAA1122",    0xeeaa1122 },
	{ &names32, "0`EEAA1122",           0xeeaa1122 },
	{ &names32, "0n4294967295",         0xffffffffffffffff },
	{ &names32, "1`80000000",           0x180000000 },
	{ &names32, "7fffffff+1",           0x80000000 },
	{ &names32, "0x0`ffffffff & -1",    0xffffffff },
	{ &names32, "eax",                  0xffffffff80000000 },
	{ &names32, "@eax",                 0xffffffff80000000 },
	{ &names32, "@$t0",                 0x80000000 },
	{ &names32, "poi 1000",             0x44332211 },
	{ &names32, "poi(1004)",            0xffffffff88776655 },
	{ &names32, "dwo(1004)",            0x88776655 },
	{ &names32, "qwo(1000)",            0x8877665544332211 },
	{ &names32, "poi(7fffffff+1)",      0x44332211 },
	{ &names64, "80000000",             0x80000000 },
	{ &names64, "eax",                  0x80000000 },
	{ &names10, "10",                   10 },
	{ &names10, "0x10",                 16 },
	{ &names10, "10h",                  16 },
	{ &names10, "0t10",                 8 },
	{ &names10, "af",                   1 },
	{ &names10, "r8+9",                 17 },
	{ &names8,  "10",                   8 },
	{ &names8,  "77",                   63 },
	{ &names8,  "0n99",                 99 },
	{ &names8,  "0xff",                 255 },
};
// clang-format on

static void test_elsewhere(void)
{
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		const char *at = elsewhere[i].text;
		struct kd_detail detail = { 0 };
		uint64_t value = 0;

		CHECK_EQ(elsewhere[i].text,
			 kd_expression_parse(&at, elsewhere[i].names, &detail,
					     &value),
			 KD_OK);
		CHECK_EQ(elsewhere[i].text, value, elsewhere[i].value);
		CHECK_TEXT(elsewhere[i].text, at, "");
	}
}

static void test_range_of_32_bits(void)
{
	struct kd_detail detail = { 0 };
	struct kd_range r = { 0 };

	CHECK_EQ(
		NULL,
		kd_range_parse("7fffffff+1 8000000f", &names32, 1, &detail, &r),
		KD_OK);
	CHECK_EQ("an address", r.start, 0xffffffff80000000);
	CHECK_EQ("its end", r.count, 16);
}

static uint64_t value_of(const char *text, bool *ret_ok)
{
	struct kd_detail detail = { 0 };
	uint64_t value = 0;
	const char *at = text;

	*ret_ok =
		kd_expression_parse(&at, &names64, &detail, &value) == KD_OK &&
		!*at;
	return value;
}

/* A number reads back, however it is written. */
static void test_numbers_read_back(void)
{
	uint64_t seed = 4;

	for (unsigned i = 0; i < 500; i++) {
		uint64_t v = check_random(&seed) >> (check_random(&seed) % 64);
		char text[5][80];

		snprintf(text[0], 80, "%" PRIx64, v);
		snprintf(text[1], 80, "0n%" PRIu64, v);
		snprintf(text[2], 80, "0t%" PRIo64, v);
		snprintf(text[3], 80, "%08" PRIx64 "`%08" PRIx64, v >> 32,
			 v & 0xffffffff);
		snprintf(text[4], 80, "%" PRIX64 "h", v);
		for (size_t k = 0; k < 5; k++) {
			bool ok;

			CHECK_EQ(text[k], value_of(text[k], &ok), v);
			CHECK_ROW(text[k], ok);
		}
	}
}

/* A random expression, fully in parentheses, and its value. */
struct made {
	char text[4096];
	uint64_t value;
};

static void make(struct made *m, uint64_t *seed)
{
	static const char *const ops[] = { "+", "-", "*", "&", "^", "|" };

	m->value = check_random(seed);
	snprintf(m->text, sizeof(m->text), "%" PRIx64, m->value);
	for (unsigned n = 1 + (unsigned)(check_random(seed) % 20); n; n--) {
		size_t op = check_random(seed) % 6;
		uint64_t v = check_random(seed);
		uint64_t results[] = {
			m->value + v, m->value - v, m->value * v,
			m->value & v, m->value ^ v, m->value | v
		};
		char before[4096];

		snprintf(before, sizeof(before), "%s", m->text);
		snprintf(m->text, sizeof(m->text), "(%.3900s %s 0n%" PRIu64 ")",
			 before, ops[op], v);
		m->value = results[op];
	}
}

static void test_made_expressions(void)
{
	uint64_t seed = 7;

	for (unsigned i = 0; i < 200; i++) {
		struct made m;
		bool ok;

		make(&m, &seed);
		CHECK_EQ(m.text, value_of(m.text, &ok), m.value);
		CHECK_ROW(m.text, ok);
	}
}

/* Each operator, and the next lower one, without parentheses. */
static void test_ranks(void)
{
	static const char *const ranks[][3] = {
		{ "*", "/", "%" },   { "+", "-", NULL },   { "<<", ">>", NULL },
		{ "=", "<", "!=" },  { "&", "and", NULL }, { "^", "xor", NULL },
		{ "|", "or", NULL },
	};
	enum { RANKS = sizeof(ranks) / sizeof(ranks[0]) };
	uint64_t seed = 3;

	for (unsigned i = 0; i < 300; i++) {
		size_t high = check_random(&seed) % (RANKS - 1);
		size_t low =
			high + 1 + check_random(&seed) % (RANKS - 1 - high);
		const char *a = ranks[high][check_random(&seed) % 2];
		const char *b = ranks[low][check_random(&seed) % 2];
		unsigned x = 1 + (unsigned)(check_random(&seed) % 9);
		unsigned y = 1 + (unsigned)(check_random(&seed) % 9);
		unsigned z = 1 + (unsigned)(check_random(&seed) % 9);
		char bare[40], full[40];
		bool ok;

		snprintf(bare, sizeof(bare), "%u %s %u %s %u", x, b, y, a, z);
		snprintf(full, sizeof(full), "%u %s (%u %s %u)", x, b, y, a, z);
		CHECK_EQ(bare, value_of(bare, &ok), value_of(full, &ok));
		snprintf(bare, sizeof(bare), "%u %s %u %s %u", x, a, y, b, z);
		snprintf(full, sizeof(full), "(%u %s %u) %s %u", x, a, y, b, z);
		CHECK_EQ(bare, value_of(bare, &ok), value_of(full, &ok));
		CHECK_ROW(bare, ok);
	}
}

/* What is nested too deep is refused, and no deeper than it says. */
static void test_depth(void)
{
	char text[2 * KD_EXPRESSION_DEPTH + 8];

	for (unsigned depth = 1; depth < KD_EXPRESSION_DEPTH + 4; depth++) {
		struct kd_detail detail = { 0 };
		uint64_t value = 0;
		const char *at = text;
		enum kd_status st;

		memset(text, '(', depth);
		text[depth] = '1';
		memset(text + depth + 1, ')', depth);
		text[2 * depth + 1] = '\0';
		st = kd_expression_parse(&at, &names64, &detail, &value);
		CHECK_EQ(text, st,
			 depth <= KD_EXPRESSION_DEPTH ? KD_OK : KD_E_FORMAT);
		memset(text, '-', depth);
		text[depth + 1] = '\0';
		at = text;
		st = kd_expression_parse(&at, &names64, &detail, &value);
		CHECK_EQ(text, st,
			 depth <= KD_EXPRESSION_DEPTH ? KD_OK : KD_E_FORMAT);
	}
}

static void test_patterns(void)
{
	char pattern[300];
	bool matches = true;

	memset(pattern, 'a', 299);
	pattern[299] = '\0';
	CHECK_EQ("too long", -kd_pattern_match("a", pattern, &matches),
		 -KD_E_SPACE);
	CHECK(matches);
	/* what makes others take for ever */
	memset(pattern, 'a', 100);
	pattern[100] = '\0';
	CHECK_EQ("stars",
		 kd_pattern_match(pattern, "*a*a*a*a*a*a*a*a*a*a*b", &matches),
		 KD_OK);
	CHECK(!matches);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "expressions", test_expressions },
		{ "ranges", test_ranges },
		{ "elsewhere", test_elsewhere },
		{ "range of 32 bits", test_range_of_32_bits },
		{ "numbers read back", test_numbers_read_back },
		{ "made expressions", test_made_expressions },
		{ "ranks", test_ranks },
		{ "depth", test_depth },
		{ "patterns", test_patterns },
	};

	return check_run("expression", tests, sizeof(tests) / sizeof(tests[0]));
}
