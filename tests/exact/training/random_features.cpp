// The unit network of the reference: d = 3, N = 5, p = 7, omega = 1, v = 1, s = .4, data not
// centred, tested on N(0, diag(1.5, 1, .5)). Closed forms there in 40 digits, and by quadrature and
// a matrix exponential; other laws, tanh, ridge and Jacobians by random_features_reference.py.
#include <Eigen/Eigenvalues>
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/theory/training/linear_flow.hpp"
#include "sim/random/draws.hpp"
#include "sim/target/random_features/trained_score.hpp"
#include "tests/parameters.hpp"

namespace symbreak::target::feature_flow {

namespace {

constexpr double kNoise = 0.4;

struct UnitNetwork {
  MatrixXd y{MatrixXd(3, 5)};
  VectorXd x0{VectorXd(3)};
  Features features;
  double k;

  explicit UnitNetwork(Activation activation) {
    features.activation = activation;
    features.weights.resize(7, 3);
    features.phases.resize(7);
    for (Index i = 0; i < 3; ++i) {
      const auto row = static_cast<double>(i);
      x0[i] = std::cos(0.8 * row);
      for (Index a = 0; a < 5; ++a) y(i, a) = std::sin(1.3 * static_cast<double>(a) + 0.7 * row);
      for (Index j = 0; j < 7; ++j) {
        const auto column = static_cast<double>(j);
        features.phases[j] = 0.9 * column;
        features.weights(j, i) = 2 * std::sin(2.1 * column + 1.7 * row + 0.3 * row * column);
      }
    }
    k = features.slope(kNoise, 1);
  }
  Moments train() const { return moments(features, features.gram(), {.centres = y}, k, kNoise); }
  Moments test() const {
    Cloud law;
    law.centres = MatrixXd::Zero(3, 1);
    law.covariance = Eigen::Vector3d(1.5, 1, 0.5).asDiagonal();
    return moments(features, features.gram(), law, k, kNoise);
  }
  std::shared_ptr<const SolvedLevels> levels(Parametrisation parametrisation,
                                             double ridge = 0) const {
    auto machine = std::make_shared<const Machine>(Machine::Given{
        .data = y, .features = features, .parametrisation = parametrisation, .ridge = ridge});
    return std::make_shared<const SolvedLevels>(machine, std::vector<double>{kNoise});
  }
};

const VectorXd kBeta = VectorXd::Constant(1, 1 / kNoise);

/// To the digits that are printed: 12 to 13.
Approx close(double value) { return Approx(value).epsilon(0).margin(1e-12); }

struct Expected {
  double tau, train, test;
  double mean[3];
};

void check_flow(const UnitNetwork& net, Parametrisation parametrisation,
                const std::vector<Expected>& table) {
  const auto levels = net.levels(parametrisation);
  const Flow& flow = levels->flow(0);
  const Moments population = net.test();
  const TestLoss test(flow, population,
                      targets(population, skip(parametrisation, kNoise, 1), kNoise));
  for (const Expected& row : table) {
    INFO("tau = " << row.tau);
    CHECK(flow.train_loss(row.tau) == close(row.train));
    if (row.test > 0) CHECK(test.at(row.tau) == close(row.test));
    const TrainedScore score(levels, row.tau);
    const MatrixXd D = score.mean(net.x0, kBeta);
    for (Index i = 0; i < 3; ++i) CHECK(D(i, 0) == close(row.mean[i]));
  }
}

}  // namespace

TEST_CASE("Random features: averages of the unit network over the noise", "[exact][training]") {
  const UnitNetwork net(Activation::cos);
  const Moments m = net.train();
  CHECK(m.features(0, 0) == close(.1743389721533));
  CHECK(m.features(0, 1) == close(.08974443779105));
  CHECK(m.features(2, 5) == close(-.008140249526126));
  CHECK(m.features(6, 6) == close(.1310553526761));
  CHECK(m.features.trace() == close(1.01991282935));
  CHECK(m.features.squaredNorm() == close(.3902148934824));
  CHECK((m.features - m.features.transpose()).norm() == 0);
  CHECK(m.noise(0, 2) == close(.1770949692778));
  CHECK(m.noise(1, 3) == close(-.0555498752937));
  CHECK(m.noise(2, 6) == close(.1452173422537));
  CHECK(m.data(0, 2) == close(.1150981586749));
  CHECK(m.data(1, 3) == close(.01188692187168));
  CHECK(m.data(2, 6) == close(.07862845798066));
  const Targets edm = targets(m, skip(Parametrisation::edm, kNoise, 1), kNoise);
  CHECK(edm.features(0, 2) == close(-.08815001311754));
  CHECK(edm.features(1, 3) == close(.053302040458));
  CHECK(edm.features(2, 6) == close(-.08070237600691));
  const double eigenvalues[] = {.005181258579691, .0193295596566, .02244781711929, .04286386217235,
                                .1796838870272,   .1833282819548, .56707816284};
  const Flow flow = solve(m.features, edm, 0);
  for (Index i = 0; i < 7; ++i) CHECK(flow.rates[i] == close(eigenvalues[i]));
  CHECK(flow.dropped == 0);

  const UnitNetwork erf(Activation::erf);
  const Moments e = erf.train();
  CHECK(e.features(0, 0) == close(.05812567798734));
  CHECK(e.features(0, 1) == close(-.01894041398875));
  CHECK(e.features(2, 5) == close(.1258768283724));
  CHECK(e.features(6, 6) == close(.1428571423964));
  const Flow flow_of_erf = solve(e.features, targets(e, {1, -1}, kNoise), 0);
  CHECK(flow_of_erf.rates[0] == close(3.292554309112e-6));
  CHECK(flow_of_erf.rates[6] == close(.7244919560343));

  const UnitNetwork tanh(Activation::tanh);
  const Moments t = tanh.train();
  CHECK(t.features(0, 0) == close(0.048380946452366));
  CHECK(t.features(0, 1) == close(-0.016592699823106));
  CHECK(t.features(2, 5) == close(0.12039265678606));
  CHECK(t.data(1, 2) == close(0.0020009198030962));
  CHECK(t.noise(1, 2) == close(0.011221951869818));
}

TEST_CASE("Random features: losses and denoiser of the unit network", "[exact][training]") {
  const double inf = INFINITY;
  const UnitNetwork cos(Activation::cos), erf(Activation::erf), tanh(Activation::tanh);
  check_flow(
      cos, Parametrisation::noise,
      {{0, 1, 1, {1, .6967067093472, -.02919952230129}},
       {1, .8703546251498, .9409429637888, {.9773707355881, .6884360456928, -.004428851400105}},
       {10, .5875845011091, .9680626846353, {.7600837117558, .7186067917495, .1193555287207}},
       {1e3, .5327715838751, 1.093324318633, {.5977961805602, .5538159989021, .1705138840804}},
       {inf, .5327712105322, 1.093961557574, {.5977914293439, .5538387557183, .1704591397979}}});
  check_flow(
      cos, Parametrisation::edm,
      {{0, .8544356159906, 1, {.7142857142857, .4976476495337, -.02085680164378}},
       {1, .7852582673259, 1.00787356003, {.7056243593455, .4949443154264, -.005764329326281}},
       {10, .6366364278931, 1.186902503032, {.6161808448174, .5320277109497, .04065195980166}},
       {1e3, .6148686006417, 1.367603390496, {.6103950451157, .5063697718466, .1078668717277}},
       {inf, .6148683411565, 1.368403519986, {.6104004033447, .5063965087271, .1078350508834}}});
  check_flow(erf, Parametrisation::edm,
             {{10, .7551627712319, 0, {.7103023619448, .4614835650218, .05132046458806}},
              {inf, .677383205973, 0, {.6620261683395, .465015755461, .131724181868}}});
  CHECK(erf.levels(Parametrisation::edm)->flow(0).train_loss(1) == close(.8378356672777));
  CHECK(erf.levels(Parametrisation::edm)->flow(0).train_loss(1e3) == close(.6944873626447));
  check_flow(tanh, Parametrisation::edm,
             {{10, 0.75977943354481, 0, {0.70735974737387, 0.46775062481011, 0.042252133801216}}});
}

TEST_CASE("Random features: Jacobians and ridge of the unit network", "[exact][training]") {
  const UnitNetwork net(Activation::cos);
  const TrainedScore score(net.levels(Parametrisation::edm), 10);
  const VectorXd w = Eigen::Vector3d(1, -2, 0.5);
  const MatrixXd J = score.jacobian_product(net.x0, kBeta, w),
                 T = score.transposed_product(net.x0, kBeta, w);
  const double expected[] = {-.231045675614, -.1627424250475, -.3515722869363};
  const double transposed[] = {-0.34759312660148, -0.2524424531203, -0.47727749725276};
  for (Index i = 0; i < 3; ++i) {
    CHECK(J(i, 0) == close(expected[i]));
    CHECK(T(i, 0) == close(transposed[i]));
  }
  CHECK(score.jacobian_trace(net.x0, kBeta)[0] == close(1.1868436980204));
  // A batch of two noise levels is two calls.
  MatrixXd two(3, 2);
  two << net.x0, 2 * net.x0;
  const MatrixXd both = score.mean(two, Eigen::Vector2d(1 / kNoise, 2));
  CHECK((both.col(0) - score.mean(two.col(0), kBeta)).norm() < 1e-15);
  CHECK((both.col(1) - score.mean(two.col(1), VectorXd::Constant(1, 2))).norm() < 1e-15);

  const auto ridged = net.levels(Parametrisation::edm, 0.05);
  CHECK(ridged->flow(0).train_loss(10) == close(0.65033974796998));
  const MatrixXd D = TrainedScore(ridged, 10).mean(net.x0, kBeta);
  CHECK(D(0, 0) == close(0.63485531625971));
  CHECK(D(1, 0) == close(0.5238209767042));
  CHECK(D(2, 0) == close(0.031659597331559));
}

TEST_CASE("Random features: averages over laws", "[exact][training]") {
  const UnitNetwork net(Activation::cos);
  const Skip edm = skip(Parametrisation::edm, kNoise, 1);
  const Flow flow = solve(net.train().features, targets(net.train(), edm, kNoise), 0);
  Cloud mixture;
  mixture.centres.resize(3, 2);
  mixture.centres << 0.5, -0.5, -0.3, 0.3, 0.8, -0.8;
  mixture.weights = Eigen::Vector2d(0.3, 0.7);
  mixture.variance = 0.36;
  const Moments m = moments(net.features, net.features.gram(), mixture, net.k, kNoise);
  CHECK(m.features(0, 1) == close(0.083311442449012));
  CHECK(m.features(2, 5) == close(-0.014203406448681));
  CHECK(m.data(1, 2) == close(-0.038747709512203));
  CHECK(m.noise(1, 2) == close(-0.04546006842379));
  CHECK(TestLoss(flow, m, targets(m, edm, kNoise)).at(10) == close(1.1505603836037));
  const Moments s =
      sign_moments(net.features, Eigen::Vector3d(0.1, -0.2, 0.05), 0.9, net.k, kNoise);
  CHECK(s.features(0, 1) == close(0.047118095827237));
  CHECK(s.features(2, 5) == close(-0.012168626007088));
  CHECK(s.data(1, 2) == close(-0.038299504442565));
  CHECK(s.noise(1, 2) == close(-0.034875451410016));
  CHECK(TestLoss(flow, s, targets(s, edm, kNoise)).at(10) == close(1.1599785096762));
  // Mehler's sum, told that the cosine is any function: erf by both orders of the same cloud.
  const UnitNetwork erf(Activation::erf);
  Cloud same = mixture;
  same.covariance = 0.36 * MatrixXd::Identity(3, 3);
  same.variance = 0;
  const Moments one = moments(erf.features, erf.features.gram(), mixture, erf.k, kNoise),
                two = moments(erf.features, erf.features.gram(), same, erf.k, kNoise);
  CHECK((one.features - two.features).norm() < 1e-15);
  CHECK((one.data - two.data).norm() < 1e-15);
}

TEST_CASE("Random features: samples of the noise converge to the exact average",
          "[exact][training]") {
  const UnitNetwork net(Activation::cos);
  random::Stream stream({.seed = 3});
  constexpr Index copies = 20000;
  const MatrixXd y = net.y.replicate(1, copies);
  const Moments few =
      sampled_moments(net.features, y, random::normals(stream, 3, y.cols()), net.k, kNoise);
  const Moments all = net.train();
  // 10^5 samples of numbers below R^2 = .29.
  CHECK((few.features - all.features).cwiseAbs().maxCoeff() < 4 * 0.2 / std::sqrt(1e5));
  CHECK((few.noise - all.noise).cwiseAbs().maxCoeff() < 4 * 0.5 / std::sqrt(1e5));
  CHECK(few.noise_square == Approx(1).margin(0.02));
}

TEST_CASE("Linear networks: closed forms", "[exact][training]") {
  // Reference: quadrature, s0 = 1e-3, s1 = 100, Var(s1) = lambda + 100.
  struct Row {
    double lambda, tau, flow, process;
  };
  for (const Row& row :
       {Row{1, 1, .121331690472, .02504124261}, Row{1, 3, .781427128685, .6236318653},
        Row{1, 10, 1.00082062696, 1.00064851}, Row{.25, 10, .184673307773, .1414503066},
        Row{4, 1, 3.57638644459, 3.217647026}}) {
    INFO("lambda = " << row.lambda << ", tau = " << row.tau);
    CHECK((row.lambda + 100) * theory::linear_flow_ratio(row.lambda, 100, 1e-3, row.tau) ==
          Approx(row.flow).epsilon(1e-11));
    CHECK(theory::linear_process_variance(row.lambda, 100, 1e-3, row.tau, row.lambda + 100) ==
          Approx(row.process).epsilon(1e-9));  // the digits that are printed
  }
  // lambda tau at which the flow reaches half of the variance.
  const double lambdas[] = {16, 4, 1, .25, 1. / 16, 1. / 64, 1. / 256};
  const double halves[] = {2.434, 2.250, 2.028, 1.752, 1.393, .921, .366};
  for (int i = 0; i < 7; ++i) {
    const double l = lambdas[i];
    const auto reached = [&](double u) {
      return theory::linear_flow_ratio(l, 100, 1e-3, u / l) * (l + 100) > (l + 1e-3) / 2;
    };
    CHECK_FALSE(reached(halves[i] - 0.0006));
    CHECK(reached(halves[i] + 0.0006));
  }

  // The solver on random data against the closed form with its eigenvalues.
  random::Stream stream({.seed = 5});
  Features identity;
  identity.activation = Activation::linear;
  identity.weights = MatrixXd::Identity(4, 4);
  identity.phases = VectorXd::Zero(4);
  const MatrixXd data = Eigen::Vector4d(2, 1, .5, .1).asDiagonal() * random::normals(stream, 4, 9);
  const Machine machine({.data = data, .features = identity, .centred = true});
  const MatrixXd y = data.colwise() - data.rowwise().mean();
  const Eigen::SelfAdjointEigenSolver<MatrixXd> C(y * y.transpose() / 9);
  const Flow flow = machine.solve(0.3);
  Cloud law;
  law.centres = MatrixXd::Zero(4, 1);
  law.covariance = Eigen::Vector4d(4, 1, .25, .01).asDiagonal();
  const Moments population = moments(identity, {}, law, 1, 0.3);
  const TestLoss test(flow, population, targets(population, {0, 1}, 0.3));
  for (const double tau : {0., .3, 2., 40., HUGE_VAL}) {
    INFO("tau = " << tau);
    CHECK(flow.train_loss(tau) ==
          Approx(theory::linear_train_loss(C.eigenvalues(), 0.3, tau)).epsilon(1e-12));
    CHECK(test.at(tau) == Approx(theory::linear_test_loss(C.eigenvalues(), C.eigenvectors(),
                                                          law.covariance, 0.3, tau))
                              .epsilon(1e-12));
  }
}

}  // namespace symbreak::target::feature_flow
