#ifndef LAB_PORTABLE_H
#define LAB_PORTABLE_H

/** @file The lab's kernel for any processor, between its files. */

#include "ki.h"
#include "myfault.h"

int32_t LabDiskEntry(struct _DRIVER_OBJECT *driver);
int32_t LabPortEntry(struct _DRIVER_OBJECT *driver);
int32_t LabNetEntry(struct _DRIVER_OBJECT *driver);
int32_t MyfaultEntry(struct _DRIVER_OBJECT *driver);
int32_t LabExtraEntry(struct _DRIVER_OBJECT *driver);

/** lab_shapes.c: functions of every shape. */
void LabShapes(uint32_t depth);

/* hal.c, for which no image is loaded */
void HalInitSystem(struct _HAL_DISPATCH *ret);
void HalProcessorIdle(void);

/* what the image exports */
__declspec(dllexport) void LabPortableShapes(uint32_t depth);
/** Boot, and do what there is to do, up to a crash. */
__declspec(dllexport) void LabPortableStart(struct lab_loader *loader);
/** Called to switch the machine off. */
__declspec(dllexport) void LabPortableOff(void);

#endif
