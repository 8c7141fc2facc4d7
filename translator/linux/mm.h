/* The guest's address space. */
#pragma once
#include <stdint.h>

/* The guest may not map over, unmap or protect [start, end): the translator's own memory. Called at start-up only. */
void mm_reserve(uint64_t start, uint64_t end);
