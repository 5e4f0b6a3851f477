// DecodeObserver: told how an object is decoded, for those who want to know why (`dray try --explain`).
//
// One thread at a time.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "decode/ready_service.h"
#include "flow/disposition.h"
#include "route/record_observer.h"

namespace dray::decode {

class DecodeObserver : public route::RecordObserver {
 public:
  // Whose the object is, or the entry of it: the service asked, or the member of it that takes the key or recognises
  // the first bytes; nullptr if all that take it exclude its key.
  virtual void chosen(const ReadyService* service, bool by_first_bytes) = 0;
  // A record with a flaw that was put into quarantine or deleted, and so is never routed. `number` counts the records
  // of the object from 1, these included.
  virtual void disposed(std::uint64_t number, flow::Trouble trouble, flow::Disposition disposition) = 0;
  // The object is an archive, and that entry of it begins: from 1, those without bytes are not counted.
  virtual void entry(std::uint64_t number) = 0;
  // Its rest is passed over; the entries behind it are read. The message names the entry.
  virtual void entry_fault(const Error& error) = 0;
};

}  // namespace dray::decode
