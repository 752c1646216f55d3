package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.ITestListener;
import org.testng.ITestResult;
import org.testng.TestNG;

/** Generations' publishers pass the Reactive Streams TCK, each of whose tests is one here. The TCK is written for TestNG, which runs inside. */
class PublisherTckTest {
    /** Of the TCK's 38; the others are optional, or say that they cannot be tested. */
    private static final int FEWEST = 26;

    @TestFactory
    Stream<DynamicTest> producersFollowReactiveStreams() {
        return run(ProducerPublisherVerification.class);
    }

    @TestFactory
    Stream<DynamicTest> enginesFollowReactiveStreams() {
        return run(EnginePublisherVerification.class);
    }

    private static Stream<DynamicTest> run(Class<? extends FlowPublisherVerification<Chunk>> verification) {
        var results = results(verification);
        for (var result : results) {
            System.out.printf(
                    "[tck] %s %s %s, %d ms%n",
                    verification.getSimpleName(),
                    outcome(result),
                    name(result),
                    result.getEndMillis() - result.getStartMillis());
        }
        var tests = new ArrayList<DynamicTest>();
        tests.add(dynamicTest(
                "ranTheTck",
                () -> assertThat(results.stream().filter(ITestResult::isSuccess).map(PublisherTckTest::name))
                        .as("the TCK's tests that passed")
                        .hasSizeGreaterThanOrEqualTo(FEWEST)));
        results.forEach(result -> tests.add(dynamicTest(name(result), () -> report(result))));
        return tests.stream();
    }

    private static List<ITestResult> results(Class<?> verification) {
        var results = new ArrayList<ITestResult>();
        var testng = new TestNG(false);
        testng.setVerbose(0);
        testng.setTestClasses(new Class<?>[] {verification});
        testng.addListener(new ITestListener() {
            @Override
            public void onTestSuccess(ITestResult result) {
                results.add(result);
            }

            @Override
            public void onTestFailure(ITestResult result) {
                results.add(result);
            }

            @Override
            public void onTestSkipped(ITestResult result) {
                results.add(result);
            }
        });
        testng.run();
        return results;
    }

    private static String name(ITestResult result) {
        return result.getMethod().getMethodName();
    }

    private static String outcome(ITestResult result) {
        return switch (result.getStatus()) {
            case ITestResult.SUCCESS -> "passed";
            case ITestResult.SKIP -> "left out by the TCK";
            default -> "FAILED";
        };
    }

    private static void report(ITestResult result) throws Throwable {
        if (result.getStatus() == ITestResult.SKIP) {
            assertThat(name(result)).as("a skipped test").matches("(optional|untested)_.*");
            return; // as the TCK says that it is: it was printed
        }
        if (!result.isSuccess()) {
            throw result.getThrowable();
        }
    }
}
