// Images from files: the axis of channels, what is warned of, and pixels far from 0.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

#include "sim/data/understood.hpp"
#include "sim/target/patch/patch_data.hpp"
#include "tests/exact/target_build.hpp"
#include "tests/npy.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using target::Index;
using target::MatrixXd;
using target::VectorXd;

namespace {

target::Images images_of(const test::Settings& settings) {
  return target::read_images(test::target_parameters("image_patches", settings));
}

bool warned_of(const std::string& file) {
  const auto all = data::warnings();
  return std::any_of(all.begin(), all.end(),
                     [&](const std::string& line) { return line.find(file) != std::string::npos; });
}

/// `count` images of side 6, pixels of size 1 around `offset`.
std::vector<double> waves(int count, double offset) {
  std::vector<double> values;
  for (int i = 0; i < 36 * count; ++i) values.push_back(offset + std::sin(0.9 * i + 0.01 * i * i));
  return values;
}

}  // namespace

TEST_CASE("Channels first or last: asked about, never guessed") {
  const test::ScratchFolder folder;
  // 2 images of 5 x 6 pixels and 3 colours; the value says where it is: image, row, column, colour.
  std::vector<double> last, first;
  for (int n = 0; n < 2; ++n) {
    for (int y = 0; y < 5; ++y) {
      for (int x = 0; x < 6; ++x) {
        for (int c = 0; c < 3; ++c) last.push_back(1000 * n + 100 * c + 10 * y + x);
      }
    }
    for (int c = 0; c < 3; ++c) {
      for (int y = 0; y < 5; ++y) {
        for (int x = 0; x < 6; ++x) first.push_back(1000 * n + 100 * c + 10 * y + x);
      }
    }
  }
  const std::string keras = folder.write("keras.npy", test::npy("2, 5, 6, 3", last)),
                    torch = folder.write("torch.npy", test::npy("2, 3, 5, 6", first));
  try {
    images_of({{"file", keras}});
    FAIL("channels last were taken for 5 channels of 6 x 3 pixels");
  } catch (const deck::KeyError& error) {
    CHECK(error.key == "target.channel_axis");
    CHECK_THAT(error.what(), Catch::Contains("set target.channel_axis = 3"));
  }
  const auto a = images_of({{"file", keras}, {"channel_axis", "3"}}),
             b = images_of({{"file", torch}});
  for (const auto& images : {a, b}) {
    CHECK(images.channels == 3);
    CHECK(images.height == 5);
    CHECK(images.width == 6);
  }
  CHECK(a.values == b.values);
  CHECK(images_of({{"file", keras}, {"channel_axis", "1"}}).channels == 5);
  const auto lines = data::understood();
  CHECK(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("torch.npy") &&
           line.find("images of 3 channels, 5 x 6 pixels") != line.npos;
  }));
}

TEST_CASE("Images are read in double and not normalised twice in silence") {
  const test::ScratchFolder folder;
  const std::string unit = folder.write("unit.npy", test::npy("1, 2, 2", {0, 0.1, 0.7, 1}));
  CHECK(images_of({{"file", unit}}).values(1, 0) == 0.1);
  CHECK_FALSE(warned_of(unit));
  images_of({{"file", unit}, {"normalisation", "unit"}});
  CHECK(warned_of(unit));
  const std::string bytes = folder.write("bytes.npy", test::npy("1, 2, 2", {0, 25, 178, 255}));
  images_of({{"file", bytes}, {"normalisation", "unit"}});
  CHECK_FALSE(warned_of(bytes));
  const std::string signs = folder.write("signs.npy", test::npy("1, 2, 2", {-1, 1, 0.5, 0}));
  images_of({{"file", signs}, {"normalisation", "symmetric"}});
  CHECK(warned_of(signs));
}

TEST_CASE("A shift of all pixels shifts the clean mean and nothing else") {
  const test::ScratchFolder folder;
  for (const char* machine : {"els_valid", "ls", "is"}) {
    const auto make = [&](double offset, const std::string& precision) {
      return target::build_denoiser(test::target_parameters(
          "image_patches", {{"file", folder.write("w.npy", test::npy("9, 6, 6", waves(9, offset)))},
                            {"machine", machine},
                            {"patch", "3"},
                            {"precision", precision}}));
    };
    const MatrixXd x = test::states(36, 4);
    const VectorXd beta = VectorXd::Constant(4, 4.0);
    const auto near = make(0, "double");
    const MatrixXd mean = near->mean(x, beta),
                   slope = near->jacobian_product(x, beta, test::states(36, 4, 0.3));
    for (const double offset : {0.0, 1000.0, 30000.0}) {
      INFO(machine << ", offset " << offset);
      const auto far = make(offset, "single");
      const MatrixXd at = x.array() + offset;
      CHECK((far->mean(at, beta).array() - offset - mean.array()).abs().maxCoeff() < 1e-4);
      CHECK((far->jacobian_product(at, beta, test::states(36, 4, 0.3)) - slope)
                .cwiseAbs()
                .maxCoeff() < 1e-3);
    }
  }
}
