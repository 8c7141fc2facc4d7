/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For units.sh: functions, each in a page of its own. NUMBER is what number() returns. */
#ifndef __aarch64__
	.syntax unified
	.arch armv7-a
	.fpu vfpv3-d16
	.eabi_attribute Tag_ABI_VFP_args, 1
#ifdef __thumb__
	.thumb
#else
	.arm
#endif
#endif

	.macro function name
	.balign 4096
	.globl \name
	.type \name, %function
#ifdef __thumb__
	.thumb_func
#endif
\name:
	.endm

	.text
	/* returns NUMBER */
	function number
#ifdef __aarch64__
	movz x0, #NUMBER
	ret
#else
	movw r0, #NUMBER
#ifdef __thumb__
	nop
#endif
	bx lr
#endif

	/* adds its second argument to its first one as many times as its third one says */
	function turns
#ifdef __aarch64__
1:	add x0, x0, x1
	subs x2, x2, #1
	b.ne 1b
	ret
#else
1:	add r0, r0, r1
	subs r2, r2, #1
	bne 1b
	bx lr
#endif

	/* calls its first argument over and over while the word at its second one is 0; returns the last result */
	function calls
#ifdef __aarch64__
	stp x29, x30, [sp, #-32]!
	stp x19, x20, [sp, #16]
	mov x19, x0
	mov x20, x1
1:	blr x19
	ldr w1, [x20]
	cbz w1, 1b
	ldp x19, x20, [sp, #16]
	ldp x29, x30, [sp], #32
	ret
#else
	push {r4, r5, r6, lr}
	mov r4, r0
	mov r5, r1
1:	blx r4
	ldr r1, [r5]
	cmp r1, #0
	beq 1b
	pop {r4, r5, r6, pc}
#endif

	/* reads from its argument, with a register that changes before it, and flags that are read behind it */
	function reads
#ifdef __aarch64__
	movz x1, #0x1111
	add x1, x1, #1
	cmp x0, x0
	.globl reads_here
reads_here:
	ldr x2, [x0]
	cset x2, eq
	add x0, x1, x2
	ret
#else
	movw r1, #0x1111
	add r1, r1, #1
	cmp r0, r0
	.globl reads_here
reads_here:
	ldr r2, [r0]
	it eq
	addeq r1, r1, #1
	mov r0, r1
	bx lr
#endif

	/* adds its arguments, of type double */
	function adds
#ifdef __aarch64__
	fadd d0, d0, d1
	ret
#else
	vadd.f64 d0, d0, d1
	bx lr
#endif

	/* divides its arguments, of type double */
	function divides
#ifdef __aarch64__
	fdiv d0, d0, d1
	ret
#else
	vdiv.f64 d0, d0, d1
	bx lr
#endif
	.balign 4096
	.fill 1024, 4, 0
	.section .note.GNU-stack, "", %progbits
