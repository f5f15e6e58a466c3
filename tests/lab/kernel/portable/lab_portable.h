#ifndef LAB_PORTABLE_H
#define LAB_PORTABLE_H

/** @file The lab's kernel without a boot, between its files. */

#include "ki.h"
#include "myfault.h"

int32_t LabDiskEntry(struct _DRIVER_OBJECT *driver);
int32_t LabNetEntry(struct _DRIVER_OBJECT *driver);
int32_t MyfaultEntry(struct _DRIVER_OBJECT *driver);
int32_t LabExtraEntry(struct _DRIVER_OBJECT *driver);

/** lab_shapes.c: functions of every shape. */
void LabShapes(uint32_t depth);

/* what the image exports, in the order of their use */
__declspec(dllexport) void LabPortableStart(struct lab_loader *loader);
__declspec(dllexport) void LabPortableThread(uint32_t number);
__declspec(dllexport) _Noreturn void LabPortableCrash(uint32_t code);

#endif
