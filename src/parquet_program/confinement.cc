#include "parquet_program/confinement.h"

#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>

namespace dray::parquet_program {
namespace {

constexpr uid_t kNobody = 65534;
constexpr int kMapThresholdBytes = 1 << 20;

// A container may have taken the right to change identities away; the filter below does not depend on it.
void drop_root() {
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0) return;
  if (::setresuid(kNobody, kNobody, kNobody) != 0) return;
}

bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit limits{value, value};
  return ::setrlimit(resource, &limits) == 0;
}

bool limit_all(std::uint64_t memory_bytes_max) {
  return limit(RLIMIT_AS, memory_bytes_max) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
         limit(RLIMIT_NOFILE, 1) && limit(RLIMIT_NPROC, 0);
}

// Everything that is not named answers EPERM: allocators and the C library may try more than they need.
bool filter_calls() {
  const std::unique_ptr<void, decltype(&::seccomp_release)> filter(::seccomp_init(SCMP_ACT_ERRNO(EPERM)),
                                                                   ::seccomp_release);
  if (!filter) return false;
  // Every thread of the process, should a library have started one.
  bool ok = ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) == 0;
  const auto allow = [&](int call) { ok = ok && ::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0; };
  for (const int call :
       {SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit),
        SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
        SCMP_SYS(sched_yield), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall)}) {
    allow(call);
  }
  // Not the library's macros for conditions, which are C99 compound literals.
  const auto allow_if = [&](int call, scmp_arg_cmp condition) {
    ok = ok && ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call, 1, &condition) == 0;
  };
  const scmp_arg_cmp on_socket{0, SCMP_CMP_EQ, STDIN_FILENO, 0};
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  allow_if(SCMP_SYS(read), on_socket);
  allow_if(SCMP_SYS(write), on_socket);
  allow_if(SCMP_SYS(mmap), not_executable);
  allow_if(SCMP_SYS(mprotect), not_executable);
  return ok && ::seccomp_load(filter.get()) == 0;
}

}  // namespace

bool confine(std::uint64_t memory_bytes_max) {
  // Large buffers go back to the system when they are freed, always; by default glibc learns to keep them.
  ::mallopt(M_MMAP_THRESHOLD, kMapThresholdBytes);
  ::mallopt(M_ARENA_MAX, 1);
  drop_root();
  // After the change of identity, which forgets it: the parent's death ends us.
  const bool bound = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0;
  return bound && limit_all(memory_bytes_max) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_calls();
}

}  // namespace dray::parquet_program
