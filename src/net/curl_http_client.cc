// HttpClient over libcurl's easy interface: the only file that knows libcurl. Settings: aws-client.md 12.
#include <curl/curl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <mutex>

#include <fmt/core.h>

#include "net/http_client.h"
#include "net/http_transfer.h"
#include "net/trust_store.h"

namespace dray::net {
namespace {

// Two, because a region redirect goes to another host and back.
constexpr long kConnectionsPerHandle = 2;
constexpr long kConnectionLifeMaxSeconds = 300;
// With fewer idle handles than this a new host gets a handle of its own instead of taking over the oldest.
constexpr std::size_t kIdleHandlesBeforeTakeover = 8;
constexpr int kUnackedMilliseconds = 30000;

struct CurlFree {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListFree {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListFree>;

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode done = curl_easy_setopt(easy, option, value);  // NOLINT: C interface
  DRAY_ASSERT(done == CURLE_OK);
}

// "https://host:8443/path" → "https://host:8443".
std::string_view origin_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  return url.substr(0, url.find_first_of("/?#", from));
}

// Metadata services and emulators are never reached through a proxy (aws-client.md 6).
bool is_near(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  const std::string_view host = scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
  for (const std::string_view near : {"127.", "169.254.", "[::1]", "[fe80:", "[fd00:ec2:"}) {
    if (host.starts_with(near)) return true;
  }
  return host == "localhost" || host.starts_with("localhost:");
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return true;
  }
  return false;
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* transfer) {
  return static_cast<HttpTransfer*>(transfer)->take_header_line({bytes, size * count}) ? size * count : 0;
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* transfer) {
  // An empty chunk answered with 0 would read as success; libcurl never sends one for HTTP.
  return static_cast<HttpTransfer*>(transfer)->take_body({bytes, size * count}) ? size * count : 0;
}

int on_progress(void* transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<HttpTransfer*>(transfer)->may_continue() ? 0 : 1;
}

int on_socket(void*, curl_socket_t socket, curlsocktype) {
  // Best effort: without it a vanished peer is noticed by the other time-outs.
  (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnackedMilliseconds, sizeof kUnackedMilliseconds);
  return CURL_SOCKOPT_OK;
}

CURLcode on_tls(CURL*, void* context, void* store) {
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), static_cast<X509_STORE*>(store));
  return CURLE_OK;
}

const char* code_of(CURLcode result, bool head_is_whole) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_OPERATION_TIMEDOUT: return "connect_failed";  // only the connect time-out is libcurl's
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return "tls_failed";
    case CURLE_PARTIAL_FILE: return "short_body";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return head_is_whole ? "short_body" : "connection_reset";
    default: return "bad_answer";
  }
}

// One easy handle with its connections and buffers; used by one thread at a time.
struct Handle {
  std::unique_ptr<CURL, CurlFree> easy;
  std::array<char, CURL_ERROR_SIZE> error_text{};
  std::string origin;  // of its last request
};

class CurlHttpClient final : public HttpClient {
 public:
  CurlHttpClient(const HttpClientOptions& options, Clock& clock, TrustStore store)
      : options_(options), clock_(clock), store_(std::move(store)), share_(curl_share_init()) {
    DRAY_ASSERT(share_ != nullptr);
    curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
    curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &CurlHttpClient::lock);
    curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &CurlHttpClient::unlock);
    curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  }
  ~CurlHttpClient() override {
    idle_.clear();  // handles before what they share
    curl_share_cleanup(share_);
  }
  CurlHttpClient(const CurlHttpClient&) = delete;
  CurlHttpClient& operator=(const CurlHttpClient&) = delete;

  Result<HttpResponse> send(const HttpRequest& request, HttpBodySink* sink, const Stop& stop) override {
    const std::string_view origin = origin_of(request.url);
    Result<HeaderList> headers = header_list(request);
    if (!headers.ok()) return with_context(std::move(headers).error(), std::string(origin));
    Result<X509_STORE*> trusted = origin.starts_with("https:") ? store() : Result<X509_STORE*>(nullptr);
    if (!trusted.ok()) return std::move(trusted).error();
    std::unique_ptr<Handle> handle = take(origin);
    set(handle->easy.get(), CURLOPT_SSL_CTX_DATA, *trusted);
    HttpTransfer transfer(request, sink, stop, clock_);
    prepare(*handle, request, headers->get(), transfer);
    Result<HttpResponse> answer = perform(*handle, transfer);
    curl_easy_setopt(handle->easy.get(), CURLOPT_HTTPHEADER, nullptr);
    give_back(std::move(handle));
    return answer;
  }

 private:
  static void lock(CURL*, curl_lock_data, curl_lock_access, void* self) {
    static_cast<CurlHttpClient*>(self)->share_mutex_.lock();
  }
  static void unlock(CURL*, curl_lock_data, void* self) { static_cast<CurlHttpClient*>(self)->share_mutex_.unlock(); }

  // The system's authorities are read when the first HTTPS request needs them: emulators over http never do.
  Result<X509_STORE*> store() {
    const std::lock_guard guard(store_mutex_);
    if (store_ != nullptr) return store_.get();
    Result<TrustStore> loaded = load_trust_store(options_.ca_file);
    if (!loaded.ok()) return std::move(loaded).error();
    store_ = std::move(loaded).value();
    return store_.get();
  }

  static Result<HeaderList> header_list(const HttpRequest& request) {
    // libcurl's own additions are switched off: a signer must know every header that is sent.
    HeaderList list(curl_slist_append(nullptr, "Accept:"));
    const auto append = [&](const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); };
    bool typed = false;
    for (const HttpHeader& header : request.headers) {
      if (header.name.empty() || has_control(header.name) || has_control(header.value)) {
        return Error{ErrorKind::poison, "bad_header",
                     fmt::format("header '{}' holds a control character", header.name)};
      }
      typed = typed || header.name == "Content-Type" || header.name == "content-type";
      append(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    if (request.method != "GET" && request.method != "HEAD") {
      append("Expect:");
      if (!typed) append("Content-Type:");
    }
    return list;
  }

  std::unique_ptr<Handle> take(std::string_view origin) {
    {
      const std::lock_guard guard(pool_mutex_);
      for (std::size_t i = idle_.size(); i-- > 0;) {
        if (idle_[i]->origin == origin) return take_idle(i);
      }
      if (idle_.size() >= kIdleHandlesBeforeTakeover) return take_idle(0);
    }
    return make_handle();
  }

  std::unique_ptr<Handle> take_idle(std::size_t index) {
    std::unique_ptr<Handle> handle = std::move(idle_[index]);
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(index));
    return handle;
  }

  void give_back(std::unique_ptr<Handle> handle) {
    std::unique_ptr<Handle> surplus;  // destroyed outside the lock
    const std::lock_guard guard(pool_mutex_);
    if (idle_.size() >= options_.idle_handles_max) surplus = take_idle(0);
    idle_.push_back(std::move(handle));
  }

  std::unique_ptr<Handle> make_handle() {
    auto handle = std::make_unique<Handle>();
    handle->easy.reset(curl_easy_init());
    CURL* const easy = handle->easy.get();
    DRAY_ASSERT(easy != nullptr);
    set(easy, CURLOPT_ERRORBUFFER, handle->error_text.data());
    set(easy, CURLOPT_SHARE, share_);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(easy, CURLOPT_BUFFERSIZE, static_cast<long>(options_.receive_buffer_bytes));
    set(easy, CURLOPT_MAXCONNECTS, kConnectionsPerHandle);
    set(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(options_.idle_connection_max.count()));
    set(easy, CURLOPT_MAXLIFETIME_CONN, kConnectionLifeMaxSeconds);
    set(easy, CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L);
    set(easy, CURLOPT_TCP_NODELAY, 1L);
    set(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    set(easy, CURLOPT_SOCKOPTFUNCTION, &on_socket);
    set(easy, CURLOPT_USERAGENT, options_.user_agent.c_str());
    set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // Without files of its own libcurl loads nothing per connection; on_tls gives it the shared store.
    set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr));
    set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    set(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    set(easy, CURLOPT_SSL_CTX_FUNCTION, &on_tls);
    set(easy, CURLOPT_HEADERFUNCTION, &on_header);
    set(easy, CURLOPT_WRITEFUNCTION, &on_body);
    set(easy, CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(easy, CURLOPT_NOPROGRESS, 0L);
    return handle;
  }

  void prepare(Handle& handle, const HttpRequest& request, curl_slist* headers, HttpTransfer& transfer) {
    CURL* const easy = handle.easy.get();
    const std::string_view origin = origin_of(request.url);
    if (handle.origin != origin) {
      handle.origin = origin;
      const bool near = is_near(origin);
      const std::string proxy(options_.proxy.reveal());
      set(easy, CURLOPT_NOPROXY, near ? "*" : nullptr);
      set(easy, CURLOPT_PROXY, near || proxy.empty() ? nullptr : proxy.c_str());
    }
    set(easy, CURLOPT_URL, request.url.c_str());
    set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeouts.connect.count()));
    set(easy, CURLOPT_HTTPGET, 1L);  // also takes back what an earlier request set
    set(easy, CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
    if (request.method == "HEAD") {
      set(easy, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      set(easy, CURLOPT_POST, 1L);
      set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(easy, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
      if (request.method != "POST") set(easy, CURLOPT_CUSTOMREQUEST, std::string(request.method).c_str());
    }
    set(easy, CURLOPT_HTTPHEADER, headers);
    set(easy, CURLOPT_HEADERDATA, &transfer);
    set(easy, CURLOPT_WRITEDATA, &transfer);
    set(easy, CURLOPT_XFERINFODATA, &transfer);
  }

  Result<HttpResponse> perform(Handle& handle, HttpTransfer& transfer) {
    CURL* const easy = handle.easy.get();
    handle.error_text[0] = '\0';
    CURLcode result = curl_easy_perform(easy);
    if (lost_on_kept_connection(easy, result, transfer)) {
      transfer.restart();
      set(easy, CURLOPT_FRESH_CONNECT, 1L);
      result = curl_easy_perform(easy);
      set(easy, CURLOPT_FRESH_CONNECT, 0L);
    }
    if (transfer.fault().has_value()) return *transfer.fault();
    if (result == CURLE_OK || transfer.cut_on_purpose()) return transfer.finish();
    return fault_of(handle, result, transfer);
  }

  // The peer may close an idle connection at the very moment we use it; that says nothing about the request.
  static bool lost_on_kept_connection(CURL* easy, CURLcode result, const HttpTransfer& transfer) {
    if (result != CURLE_GOT_NOTHING && result != CURLE_SEND_ERROR && result != CURLE_RECV_ERROR) return false;
    long new_connections = 1;
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new_connections);
    return new_connections == 0 && !transfer.any_answer();
  }

  static Error fault_of(const Handle& handle, CURLcode result, const HttpTransfer& transfer) {
    if (result == CURLE_URL_MALFORMAT || !handle.origin.starts_with("http")) {
      return {ErrorKind::config, "bad_url", fmt::format("{} is not an http or https address", handle.origin)};
    }
    const char* const said = handle.error_text[0] != '\0' ? handle.error_text.data() : curl_easy_strerror(result);
    const char* const cure =
        result == CURLE_PEER_FAILED_VERIFICATION ? " (set ca_file to the authority that signed it)" : "";
    return {ErrorKind::transient, code_of(result, transfer.head_is_whole()),
            fmt::format("{}: {}{}", handle.origin, said, cure)};
  }

  const HttpClientOptions options_;
  Clock& clock_;
  std::mutex store_mutex_;
  TrustStore store_;  // written once
  CURLSH* const share_;
  std::mutex share_mutex_;
  std::mutex pool_mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;  // the last used at the back
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(const HttpClientOptions& options, Clock& clock) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);  // once for the process
  DRAY_ASSERT(started == CURLE_OK);
  TrustStore store;
  if (!options.ca_file.empty()) {
    Result<TrustStore> loaded = load_trust_store(options.ca_file);
    if (!loaded.ok()) return std::move(loaded).error();
    store = std::move(loaded).value();
  }
  return std::unique_ptr<HttpClient>(std::make_unique<CurlHttpClient>(options, clock, std::move(store)));
}

}  // namespace dray::net
