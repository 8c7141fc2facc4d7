@ SPDX-License-Identifier: GPL-2.0-or-later
@ The vectors page of linux/arm/kuser.c in the language of an assembler. Where nothing is written here, the page has words that are no
@ instructions.
	.arch armv8-a
	.arm
	.text
page:
	.fill 0x500 / 4, 4, 0xe7fddef1
	@ the way back from handlers: sigreturn, rt_sigreturn
	mov r7, #119
	svc #119
	.thumb
	movs r7, #119
	svc #119
	.arm
	mov r7, #173
	svc #173
	.thumb
	movs r7, #173
	svc #173
	.arm
	.fill (0xf60 - (. - page)) / 4, 4, 0xe7fddef1
	@ __kuser_cmpxchg64
	push {r4, r5, r6, r7, r8, r9}
	ldrd r4, r5, [r0]
	ldrd r6, r7, [r1]
1:	ldaexd r8, r9, [r2]
	cmp r8, r4
	cmpeq r9, r5
	movne r3, #1
	bne 2f
	stlexd r3, r6, r7, [r2]
	teq r3, #0
	bne 1b
2:	rsbs r0, r3, #0
	pop {r4, r5, r6, r7, r8, r9}
	bx lr
	.fill (0xfa0 - (. - page)) / 4, 4, 0xe7fddef1
	@ __kuser_memory_barrier
	dmb ish
	bx lr
	.fill (0xfc0 - (. - page)) / 4, 4, 0xe7fddef1
	@ __kuser_cmpxchg
1:	ldaex r3, [r2]
	subs r3, r3, r0
	bne 2f
	stlex r3, r1, [r2]
	teq r3, #0
	bne 1b
2:	rsbs r0, r3, #0
	bx lr
	@ __kuser_get_tls
	mrc p15, 0, r0, c13, c0, 3
	bx lr
	.fill (0xffc - (. - page)) / 4, 4, 0xe7fddef1
	@ __kuser_helper_version
	.word 5
