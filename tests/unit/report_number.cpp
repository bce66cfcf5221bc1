#include <catch2/catch.hpp>
#include <limits>

#include "analysis/report/report.hpp"

using symbreak::report::with_error;

namespace {
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
struct Case {
  double value, error;
  const char* text;
};
}  // namespace

TEST_CASE("a value with its error reads as in a paper", "[report]") {
  // Each line written by hand from the rules of the header.
  const Case cases[] = {
      {1.0000001, 3e-7, "1.0000001(3)"},
      {0.50002, 0.00006, "0.50002(6)"},
      {0.27052, 0.00123, "0.2705(12)"},
      {0.27052, 0.00299, "0.271(3)"},
      {0.27052, 0.0029, "0.2705(29)"},
      {0.27052, 0.0030, "0.271(3)"},
      {0.64359, 0.0096, "0.644(10)"},
      {0.64359, 0.096, "0.64(10)"},
      {-2.71828, 0.0314, "-2.72(3)"},
      {3.0, 0.5, "3.0(5)"},
      {12.34, 1.5, "12.3(1.5)"},
      {12.34, 2.96, "12(3)"},
      {12.34, 3.4, "12(3)"},
      {12.34, 9.7, "12(10)"},
      {1234, 12, "1234(12)"},
      {1234, 56, "1230(60)"},
      {123456, 20000, "123000(20000)"},
      {999999, 1, "999999.0(1.0)"},
      // errors larger than the value
      {0.02, 0.5, "0.0(5)"},
      {-0.02, 0.5, "0.0(5)"},
      {0.001, 0.15, "0.00(15)"},
      {5, 1e9, "0.0(1.0)e9"},
      {0, 0.003, "0.000(3)"},
      {0, 1e-7, "0.0(1.0)e-7"},
      // scientific
      {1.234e-7, 5e-10, "1.234(5)e-7"},
      {6.02214e23, 3e18, "6.02214(3)e23"},
      {-1e6, 2e3, "-1.0000(20)e6"},
      {-9.99996e-5, 1e-9, "-9.99996(10)e-5"},
      {1.0e-5, 1e-9, "1.00000(10)e-5"},
      {9.9999e-5, 1e-7, "1.0000(10)e-4"},
      {1e-4, 1e-6, "0.0001000(10)"},
      {1e300, 2e298, "1.000(20)e300"},
      {1e-310, 3e-312, "1.00(3)e-310"},
      // no error, errors below what a double holds
      {0.5, 0, "0.5"},
      {1, 0, "1"},
      {0, 0, "0"},
      {-0.0, 0, "0"},
      {0.1 + 0.2, 0, "0.3"},
      {299792458, 0, "2.99792458e8"},
      {2.5e-7, 0, "2.5e-7"},
      {1, 1e-20, "1.00000000000000(10)"},
      // not finite
      {kNaN, 1, "nan"},
      {kInf, 1, "inf"},
      {-kInf, kNaN, "-inf"},
      {1.23456789, kNaN, "1.23457(?)"},
      {1.5, kInf, "1.5(inf)"},
      {1.5, -1, "1.5(?)"},
  };
  for (const auto& [value, error, text] : cases) {
    INFO("value " << value << ", error " << error);
    CHECK(with_error(value, error) == text);
  }
}

TEST_CASE("a value with error survives every magnitude", "[report]") {
  for (int e = -320; e <= 308; e += 4) {
    for (int r = -40; r <= 40; ++r) {
      const double value = 3.7 * std::pow(10.0, e), error = 1.7 * std::pow(10.0, e + r);
      INFO("value " << value << ", error " << error);
      CHECK(with_error(value, error).size() <= 40);
    }
  }
}
