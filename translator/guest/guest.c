/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guest the process runs (see guest.h). */
#include "guest.h"

const struct guest *the_guest;
const struct guest *const *guest_list;

bool guest_choose(uint8_t elf_class, uint16_t elf_machine)
{
        for (unsigned k = 0; !the_guest && guest_list[k]; k++)
                if (guest_list[k]->elf_class == elf_class && guest_list[k]->elf_machine == elf_machine)
                        the_guest = guest_list[k];
        return the_guest && the_guest->elf_class == elf_class && the_guest->elf_machine == elf_machine;
}
