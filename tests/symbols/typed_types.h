#ifndef TYPED_TYPES_H
#define TYPED_TYPES_H

/**
 * @file
 * A made PDB with a structure that has a member of every sort:
 *
 *   struct _OUTER {
 *       _LIST_ENTRY Links;     +0x00
 *       _INNER Inner;          +0x10  { Uint4B a; Int2B b; }
 *       _INNER Rows[3];        +0x18
 *       _OUTER *Next;          +0x30
 *       Uint4B Middle : 3;     +0x38  from bit 5
 *       Int4B Low : 4;         +0x38  from bit 0
 *       Int4B Value;           +0x3c
 *       _ENUM Kind;            +0x40  of Uint2B: One 1, Two 2
 *       const Uint8B Fixed;    +0x48
 *       union { _INNER; };     +0x50  a member without a name
 *       Void *Narrow;          +0x58  of 4 bytes
 *       Char Text[8];          +0x60
 *       _NOWHERE *Nowhere;     +0x68
 *       void (*Call)(void);    +0x70
 *       Bool Yes;              +0x78
 *       Char Letter;           +0x79
 *       _UNICODE_STRING Name;  +0x80  { Length, MaximumLength, Buffer }
 *   };                         0x90 bytes
 *
 * g_outer is one, at the start of section 2, which OUTER is a name for.
 */

#include "pdb_maker.h"

void typed_types_make(struct maker *m);

#endif
