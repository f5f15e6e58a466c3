#ifndef MYFAULT_H
#define MYFAULT_H

/**
 * @file
 * What myfault.sys does wrong when it is asked to.
 */

enum myfault_ioctl {
	IOCTL_MYFAULT_CRASH = 0x222000,	 /**< KeBugCheckEx */
	IOCTL_MYFAULT_FAULT = 0x222004,	 /**< read where nothing is */
	IOCTL_MYFAULT_CATCH = 0x222008,	 /**< the same, and survive it */
	IOCTL_MYFAULT_BREAK = 0x22200c,	 /**< int 3 */
	IOCTL_MYFAULT_ASSERT = 0x222014, /**< int 2c */
	IOCTL_MYFAULT_LEAK = 0x222010,	 /**< lose a block of pool */
};

/* Each in a file of its own, for its tag stays in its code. */
void *MyfaultTakeBuffer(void);
void MyfaultLeakMemory(void);

#endif
