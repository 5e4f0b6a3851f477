// ObjectDecoder: the stored bytes of one object in, its events out: decompress ▸ split ▸ filter and tag.
//
// The chain that a worker, `dray try`, the tests of definitions and the golden cases share. Streaming: nothing here
// holds the object. Errors are those of the codec (docs/formats.md), of the format, and of the sink, after everything
// before them was sent. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "base/byte_sink.h"
#include "codec/decompressor.h"
#include "decode/ready_service.h"
#include "flow/event_sink.h"
#include "flow/object_ref.h"

namespace dray::decode {

class ObjectDecoder final : public ByteSink {
 public:
  // All of them outlive the decoder.
  ObjectDecoder(const ReadyService& service, const flow::ObjectRef& object, flow::EventSink& events,
                codec::DecompressorScratch& scratch);

  Status write(std::string_view stored) override { return decompressor_->write(stored); }
  Status finish() override { return decompressor_->finish(); }

  [[nodiscard]] std::uint64_t records() const { return router_->records(); }
  [[nodiscard]] std::uint64_t events() const { return router_->events(); }
  [[nodiscard]] std::uint64_t filtered() const { return router_->filtered(); }
  [[nodiscard]] bool trailing_garbage() const { return decompressor_->trailing_garbage(); }

 private:
  std::unique_ptr<route::Router> router_;
  std::unique_ptr<format::Splitter> splitter_;
  std::unique_ptr<codec::Decompressor> decompressor_;
};

}  // namespace dray::decode
