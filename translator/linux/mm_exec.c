/* May the guest execute at an address? */
#include "../runtime/exec_thread.h"

bool mm_may_exec(uint64_t addr) {
        (void) addr;
        return true;
}
