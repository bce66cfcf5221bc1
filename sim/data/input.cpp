#include "sim/data/input.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace symbreak::data {

/// Where the bytes come from; 0: the end, or damage.
class Input::Bytes {
 public:
  virtual ~Bytes() = default;
  virtual std::size_t read(char* out, std::size_t size) = 0;
  virtual std::string damage() const = 0;
};

namespace {

/// Deflate shrinks at most 1032-fold.
constexpr std::size_t kDeflate = 1032;
constexpr std::size_t kInputBuffer = std::size_t{1} << 16;

class GzipBytes final : public Input::Bytes {
 public:
  explicit GzipBytes(gzFile file) : file_(file) {}
  GzipBytes(const GzipBytes&) = delete;
  GzipBytes& operator=(const GzipBytes&) = delete;
  ~GzipBytes() override { gzclose(file_); }

  bool plain() const { return gzdirect(file_) != 0; }
  std::size_t read(char* out, std::size_t size) override {
    const auto piece = static_cast<unsigned>(std::min<std::size_t>(size, 1u << 20));
    const int got = gzread(file_, out, piece);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  std::string damage() const override {
    int code = Z_OK;
    const char* const detail = gzerror(file_, &code);
    return code < 0 ? detail : "";
  }

 private:
  gzFile file_;
};

class ZipBytes final : public Input::Bytes {
 public:
  ZipBytes(const Source& source, const ZipMember& member)
      : file_(source.file, std::ios::binary),
        member_(member),
        left_(member.stored),
        packed_(kInputBuffer) {
    unsigned char head[30] = {};
    file_.seekg(static_cast<std::streamoff>(member.offset));
    file_.read(reinterpret_cast<char*>(head), sizeof head);
    if (!file_ || std::memcmp(head, "PK\x03\x04", 4) != 0) {
      fail(source, fmt::format("damaged zip archive: no member at the place of '{}'", member.name));
    }
    const auto extra = head[26] + 256u * head[27] + head[28] + 256u * head[29];
    file_.seekg(static_cast<std::streamoff>(member.offset + sizeof head + extra));
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ZipBytes(const ZipBytes&) = delete;
  ZipBytes& operator=(const ZipBytes&) = delete;
  ~ZipBytes() override { inflateEnd(&stream_); }

  std::size_t read(char* out, std::size_t size) override {
    const std::size_t got = member_.method == 0 ? copy(out, size) : unpack(out, size);
    sum_ = crc32(sum_, reinterpret_cast<const Bytef*>(out), static_cast<uInt>(got));
    given_ += got;
    return got;
  }
  std::string damage() const override {
    if (!damage_.empty()) return damage_;
    return given_ == member_.size && sum_ != member_.checksum ? "wrong checksum" : "";
  }

 private:
  std::size_t copy(char* out, std::size_t size) {
    const std::size_t wanted = std::min(size, left_);
    file_.read(out, static_cast<std::streamsize>(wanted));
    const auto got = static_cast<std::size_t>(file_.gcount());
    if (got < wanted) damage_ = "unexpected end of file";
    left_ -= got;
    return got;
  }
  std::size_t unpack(char* out, std::size_t size) {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    while (stream_.avail_out == size && !ended_ && damage_.empty()) {
      if (stream_.avail_in == 0) {
        stream_.avail_in = static_cast<uInt>(copy(packed_.data(), packed_.size()));
        stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        if (stream_.avail_in == 0 && damage_.empty()) damage_ = "unexpected end of file";
      }
      const int code = inflate(&stream_, Z_NO_FLUSH);
      ended_ = code == Z_STREAM_END;
      if (code != Z_OK && !ended_ && damage_.empty()) damage_ = "invalid compressed data";
    }
    return size - stream_.avail_out;
  }

  std::ifstream file_;
  ZipMember member_;
  std::size_t left_, given_ = 0;
  std::vector<char> packed_;
  z_stream stream_{};
  bool ended_ = false;
  uLong sum_ = 0;
  std::string damage_;
};

std::size_t little_endian(const std::string& bytes, std::size_t at, std::size_t size) {
  std::size_t word = 0;
  for (std::size_t i = size; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

}  // namespace

Input::Input(const Source& source) : buffer_(kInputBuffer) {
  const gzFile file = gzopen(source.file.c_str(), "rb");
  if (file == nullptr) fail(source, "cannot be opened");
  auto bytes = std::make_unique<GzipBytes>(file);
  exact_ = bytes->plain();
  room_ = std::filesystem::file_size(source.file) * (exact_ ? 1 : kDeflate);
  bytes_ = std::move(bytes);
}

Input::Input(const Source& source, const ZipMember& member)
    : bytes_(std::make_unique<ZipBytes>(source, member)), buffer_(kInputBuffer) {
  room_ = std::min(member.size, member.stored * kDeflate);
  exact_ = room_ == member.size;
}

Input::~Input() = default;

std::string Input::damage() const { return bytes_->damage(); }

bool Input::fill() {
  if (at_ < end_) return true;
  at_ = 0;
  end_ = bytes_->read(buffer_.data(), buffer_.size());
  return end_ > 0;
}

std::size_t Input::read(void* out, std::size_t size) {
  std::size_t done = 0;
  while (done < size && fill()) {
    const std::size_t piece = std::min(size - done, end_ - at_);
    std::memcpy(static_cast<char*>(out) + done, &buffer_[at_], piece);
    at_ += piece;
    done += piece;
  }
  return done;
}

bool Input::line(std::string& text) {
  text.clear();
  if (!fill()) return false;
  while (fill()) {
    const char* const begin = &buffer_[at_];
    const char* const end = buffer_.data() + end_;
    const char* const stop =
        std::find_if(begin, end, [](char c) { return c == '\n' || c == '\r'; });
    text.append(begin, stop);
    at_ += static_cast<std::size_t>(stop - begin);
    if (stop == end) continue;
    ++at_;
    if (*stop == '\r' && fill() && buffer_[at_] == '\n') ++at_;
    break;
  }
  return true;
}

std::vector<ZipMember> zip_members(const Source& source) {
  // APPNOTE.TXT of PKWARE, sections 4.3.12 and 4.3.16: the directory of the archive is found from
  // its last record, which a comment of up to 65535 bytes may follow.
  constexpr std::size_t kEnd = 22, kEntry = 46;
  constexpr std::size_t kNone32 = 0xffffffff;
  const std::size_t bytes = std::filesystem::file_size(source.file);
  const std::size_t tail = std::min<std::size_t>(bytes, kEnd + 65535);
  std::ifstream file(source.file, std::ios::binary);
  std::string text(tail, '\0');
  file.seekg(static_cast<std::streamoff>(bytes - tail));
  file.read(text.data(), static_cast<std::streamsize>(tail));
  const auto last = text.rfind("PK\x05\x06");
  if (!file || last == text.npos || last + kEnd > tail) {
    fail(source, "no zip archive, or a truncated one: its directory at the end is missing");
  }
  const std::size_t size = little_endian(text, last + 12, 4),
                    start = little_endian(text, last + 16, 4);
  if (start == kNone32 || size == kNone32) fail(source, "zip archives above 4 GB are not read");
  if (start + size > bytes) fail(source, "damaged zip archive: its directory is out of place");
  text.assign(size, '\0');
  file.seekg(static_cast<std::streamoff>(start));
  file.read(text.data(), static_cast<std::streamsize>(size));
  std::vector<ZipMember> members;
  for (std::size_t at = 0; at + kEntry <= text.size();) {
    if (text.compare(at, 4, "PK\x01\x02", 4) != 0) fail(source, "damaged zip directory");
    const std::size_t name = little_endian(text, at + 28, 2),
                      extra = little_endian(text, at + 30, 2),
                      comment = little_endian(text, at + 32, 2);
    if (at + kEntry + name + extra + comment > text.size()) fail(source, "damaged zip directory");
    ZipMember member;
    member.name = text.substr(at + kEntry, name);
    member.method = static_cast<unsigned>(little_endian(text, at + 10, 2));
    member.checksum = little_endian(text, at + 16, 4);
    member.stored = little_endian(text, at + 20, 4);
    member.size = little_endian(text, at + 24, 4);
    member.offset = little_endian(text, at + 42, 4);
    if (member.stored == kNone32 || member.size == kNone32 || member.offset == kNone32) {
      fail(source, "zip archives above 4 GB are not read");
    }
    if (member.stored > bytes || member.offset > bytes) fail(source, "damaged zip directory");
    if ((little_endian(text, at + 8, 2) & 1) != 0) fail(source, "is an encrypted zip archive");
    if (member.method != 0 && member.method != 8) {
      fail(source, fmt::format("'{}' is packed by zip method {}; expected stored or deflated",
                               member.name, member.method));
    }
    members.push_back(std::move(member));
    at += kEntry + name + extra + comment;
  }
  return members;
}

}  // namespace symbreak::data
