#include "sim/data/png.hpp"

#include <fmt/format.h>
#include <png.h>
#include <unistd.h>

#include <bit>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace symbreak::data {

namespace {

/// Deflate shrinks at most 1032-fold.
constexpr std::size_t kPngDeflate = 1032;
/// Texts and colour profiles, which nobody reads here, may not take more than this.
constexpr png_alloc_size_t kPngChunk = 1 << 20;

}  // namespace

/// libpng reports errors by longjmp: the functions that call setjmp own nothing that would have to
/// be destroyed.
struct Png::State {
  std::vector<png_byte> bytes;
  std::size_t at = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[200] = "";
  PngHead head;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { png_destroy_read_struct(&png, &info, nullptr); }

  static void on_error(png_structp png, png_const_charp text) {
    auto* const state = static_cast<State*>(png_get_error_ptr(png));
    std::snprintf(state->message, sizeof state->message, "%s", text);
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void give(png_structp png, png_bytep out, png_size_t size) {
    auto* const state = static_cast<State*>(png_get_io_ptr(png));
    if (size > state->bytes.size() - state->at) png_error(png, "the file ends too early");
    std::memcpy(out, state->bytes.data() + state->at, size);
    state->at += size;
  }

  bool read_head() {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_benign_errors(png, 1);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    png_set_chunk_malloc_max(png, kPngChunk);
    png_set_chunk_cache_max(png, 64);
    png_set_read_fn(png, this, give);
    png_read_info(png, info);
    return true;
  }
  /// From here on rows come as 16-bit samples of the machine's byte order.
  bool expand() {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_expand(png);
    png_set_expand_16(png);
    if constexpr (std::endian::native == std::endian::little) png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
  }
  bool read_rows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
  }
};

Png::Png(const std::string& file) : state_(std::make_unique<State>()) {
  State& state = *state_;
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  const std::streamoff size = stream ? std::streamoff{stream.tellg()} : -1;
  if (size < 0) throw std::runtime_error("cannot be opened");
  state.bytes.resize(static_cast<std::size_t>(size));
  stream.seekg(0);
  if (size > 0 && !stream.read(reinterpret_cast<char*>(state.bytes.data()), size)) {
    throw std::runtime_error("cannot be read");
  }
  if (size < 8 || png_sig_cmp(state.bytes.data(), 0, 8) != 0) {
    throw std::runtime_error("no PNG image: expected it to begin with \\x89PNG");
  }
  state.png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &state, State::on_error, State::on_warning);
  if (state.png != nullptr) state.info = png_create_info_struct(state.png);
  if (state.info == nullptr) throw std::bad_alloc();
  if (!state.read_head()) {
    throw std::runtime_error(fmt::format("damaged PNG image: {}", state.message));
  }
  const int type = png_get_color_type(state.png, state.info);
  const bool transparent = png_get_valid(state.png, state.info, PNG_INFO_tRNS) != 0;
  state.head = {.width = png_get_image_width(state.png, state.info),
                .height = png_get_image_height(state.png, state.info),
                .colour = (type & PNG_COLOR_MASK_COLOR) != 0,
                .alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || transparent,
                .bits = png_get_bit_depth(state.png, state.info)};
  const std::size_t stored = png_get_rowbytes(state.png, state.info);
  if (stored > state.bytes.size() * kPngDeflate / state.head.height) {
    throw std::runtime_error(fmt::format("declares {} x {} pixels, which its {} bytes cannot hold",
                                         state.head.width, state.head.height, size));
  }
  // Zeros shrink a thousandfold, and palettes grow: what is small in the file may be large here.
  const double bytes = sizeof(std::uint16_t) * static_cast<double>(state.head.width) *
                       static_cast<double>(state.head.height * state.head.channels());
  if (bytes > machine_memory() / 4) {
    throw std::runtime_error(
        fmt::format("declares {} x {} pixels, {:.3g} GB; this machine has "
                    "{:.3g} GB",
                    state.head.width, state.head.height, bytes / 1e9, machine_memory() / 1e9));
  }
}

double machine_memory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

Png::~Png() = default;

const PngHead& Png::head() const { return state_->head; }

void Png::read(std::vector<std::uint16_t>& samples) {
  State& state = *state_;
  const auto damaged = [&] {
    return std::runtime_error(fmt::format("damaged PNG image: {}", state.message));
  };
  if (!state.expand()) throw damaged();
  const std::size_t row = state.head.width * state.head.channels();
  if (png_get_rowbytes(state.png, state.info) != row * sizeof(std::uint16_t)) {
    throw std::logic_error("a PNG image has other channels than its head says");
  }
  samples.resize(row * state.head.height);
  std::vector<png_bytep> rows(state.head.height);
  for (std::size_t y = 0; y < rows.size(); ++y) {
    rows[y] = reinterpret_cast<png_bytep>(samples.data() + y * row);
  }
  if (!state.read_rows(rows.data())) throw damaged();
}

}  // namespace symbreak::data
