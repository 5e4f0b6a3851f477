#include "base/threads.h"

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace dray {
namespace {

// Sanitizers multiply the size of stack frames.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackFactor = 8;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr std::size_t kStackFactor = 8;
#else
constexpr std::size_t kStackFactor = 1;
#endif
#else
constexpr std::size_t kStackFactor = 1;
#endif

constexpr std::size_t kNameMax = 15;  // pthread_setname_np(3)

struct Body {
  std::string name;
  std::function<void()> run;
};

void* enter(void* argument) {
  const std::unique_ptr<Body> body(static_cast<Body*>(argument));
  ::pthread_setname_np(::pthread_self(), body->name.substr(0, kNameMax).c_str());
  body->run();
  return nullptr;
}

class SystemThread final : public Thread {
 public:
  explicit SystemThread(pthread_t id) : id_(id) {}
  SystemThread(const SystemThread&) = delete;
  SystemThread& operator=(const SystemThread&) = delete;
  ~SystemThread() override { SystemThread::join(); }

  void join() override {
    if (std::exchange(joined_, true)) return;
    ::pthread_join(id_, nullptr);
  }

 private:
  const pthread_t id_;
  bool joined_ = false;
};

}  // namespace

std::unique_ptr<Thread> SystemThreads::spawn(std::string name, std::function<void()> body) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes_ * kStackFactor);
  auto start = std::make_unique<Body>(Body{.name = std::move(name), .run = std::move(body)});
  pthread_t id{};
  const int refused = ::pthread_create(&id, &attributes, enter, start.get());
  ::pthread_attr_destroy(&attributes);
  if (refused != 0) {
    std::fprintf(stderr,
                 "dray: the system refuses to start the thread \"%s\": %s. Raise the limit on processes (ulimit -u, "
                 "TasksMax, pids.max) or start fewer workers.\n",
                 start->name.c_str(), std::strerror(refused));
    std::abort();
  }
  start.release();  // NOLINT(bugprone-unused-return-value): enter() owns it now
  return std::make_unique<SystemThread>(id);
}

}  // namespace dray
