#include "lab_contract.h"

void DebugPrint(const char *text, uint64_t len);
void KeHalt(void);
void KiInitializeKernel(struct lab_loader *loader);

void KiInitializeKernel(struct lab_loader *loader)
{
	static const char text[] = "Lab kernel\n";

	(void)loader;
	DebugPrint(text, sizeof(text) - 1);
	for (;;)
		KeHalt();
}
