#ifndef DECODE_TALK_H
#define DECODE_TALK_H

/** @file A small KDNET conversation, made by hand, for tests of decode. */

#define DECODE_TALK_KEY "1.2.3.4"

/** Write a capture with each kind of datagram in it, a millisecond apart. */
void decode_talk_make(const char *path);

#endif
