#include "decode_summary.h"

#include <inttypes.h>

void decode_summary_add(struct decode_summary *s, const struct decode_fact *f)
{
	const struct kd_tap_message *m = &f->message;
	size_t type =
		m->header.type < DECODE_TYPES ? m->header.type : DECODE_TYPES;

	if (f->kind == KD_LINK_DATAGRAM)
		s->datagrams++;
	else
		s->messages++;
	s->authentic += m->authentic;
	s->keys += m->rekeyed;
	s->kind[m->kind]++;
	s->why[m->why]++;
	if (m->why == KD_TAP_WHY_NOISE)
		s->noise_bytes += m->len;
	if (m->kind != KD_TAP_PACKET)
		return;
	s->type[type]++;
	s->checksums_held += m->checksum_ok;
	s->checksums_wrong += !m->checksum_ok;
}

/* "NUMBER WORDS", with a comma before all but the first; 0 is left out. */
static void put_count(FILE *out, bool *begun, uint64_t count, const char *words)
{
	if (!count)
		return;
	fprintf(out, "%s%" PRIu64 " %s", *begun ? ", " : "", count, words);
	*begun = true;
}

static void print_kinds(FILE *out, const struct decode_summary *s)
{
	bool begun = false;

	fputs("by kind: ", out);
	put_count(out, &begun, s->kind[KD_TAP_PACKET], "packet");
	put_count(out, &begun, s->kind[KD_TAP_POKE], "poke");
	put_count(out, &begun, s->kind[KD_TAP_RESPONSE], "response");
	put_count(out, &begun, s->kind[KD_TAP_BREAKIN], "breakin");
	put_count(out, &begun, s->kind[KD_TAP_OTHER], "other");
	putc('\n', out);
}

static void print_packets(FILE *out, const struct decode_summary *s)
{
	bool begun = false;

	if (!s->kind[KD_TAP_PACKET])
		return;
	fputs("packets: ", out);
	for (unsigned i = 0; i < DECODE_TYPES; i++)
		put_count(out, &begun, s->type[i], kd_packet_type_name(i));
	put_count(out, &begun, s->type[DECODE_TYPES], "of unknown types");
	fprintf(out, "\nchecksums: %" PRIu64 " hold, %" PRIu64 " do not\n",
		s->checksums_held, s->checksums_wrong);
}

static void print_trouble(FILE *out, const struct decode_summary *s)
{
	bool begun = false;

	put_count(out, &begun, s->why[KD_TAP_WHY_FOREIGN],
		  "do not authenticate");
	put_count(out, &begun, s->why[KD_TAP_WHY_UNKEYED],
		  "belong to a session whose handshake is not in the file");
	put_count(out, &begun, s->why[KD_TAP_WHY_MALFORMED],
		  "are no whole KDNET datagrams");
	put_count(out, &begun, s->why[KD_TAP_WHY_BODY],
		  "are authentic, but of no known form");
	put_count(out, &begun,
		  s->why[KD_TAP_WHY_CHECKSUM] + s->why[KD_TAP_WHY_TRAILER] +
			  s->why[KD_TAP_WHY_CUT],
		  "packets are damaged");
	put_count(out, &begun, s->noise_bytes, "bytes are no packets");
	if (begun)
		putc('\n', out);
}

static void print_passed_over(FILE *out, const struct decode_summary *s,
			      const struct kd_capture_counters *c)
{
	bool begun = false;
	/* datagrams that were handed out, but are not KDNET */
	uint64_t other = s->datagrams ? c->given - s->datagrams : 0;

	if (c->records == c->given && !c->cut && !other)
		return;
	fputs("passed over: ", out);
	put_count(out, &begun, other, "other UDP");
	put_count(out, &begun, c->not_udp, "not UDP");
	put_count(out, &begun, c->fragments, "UDP fragments");
	put_count(out, &begun, c->malformed, "malformed");
	put_count(out, &begun, c->cut, "cut short by the capture's limit");
	putc('\n', out);
}

void decode_summary_print(FILE *out, const struct decode_summary *s,
			  const struct kd_capture_counters *c)
{
	if (s->datagrams)
		fprintf(out,
			"%" PRIu64 " KDNET datagrams, %" PRIu64
			" authenticated, %" PRIu64 " data keys\n",
			s->datagrams, s->authentic, s->keys);
	else
		fprintf(out, "%" PRIu64 " packets on a byte stream\n",
			s->kind[KD_TAP_PACKET]);
	if (s->datagrams || s->messages)
		print_kinds(out, s);
	print_packets(out, s);
	print_trouble(out, s);
	print_passed_over(out, s, c);
}
