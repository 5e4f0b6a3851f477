#include "decode/object_decoder.h"

namespace dray::decode {

ObjectDecoder::ObjectDecoder(const ReadyService& service, const flow::ObjectRef& object, flow::EventSink& events,
                             codec::DecompressorScratch& scratch)
    : router_(service.service->make_router(object, events)),
      splitter_(service.format->make(service.splitter, *router_)),
      decompressor_(codec::make_decompressor(service.decompressor, *splitter_, scratch)) {}

}  // namespace dray::decode
