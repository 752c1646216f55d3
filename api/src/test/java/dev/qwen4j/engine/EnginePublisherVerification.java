package dev.qwen4j.engine;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.util.Map;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The Reactive Streams TCK over generations of an engine; run by {@link PublisherTckTest}. */
class EnginePublisherVerification extends FlowPublisherVerification<Chunk> {
    private Model model;
    private Engine engine;
    private int letter;

    EnginePublisherVerification() {
        super(new TestEnvironment(10_000, 100, 20), 300);
    }

    @BeforeClass
    public void start() {
        model = Model.load(Nano.file());
        engine = Engine.start(model, o -> o.length(16_384).context(c -> c.threads(1)));
        letter = model.tokenizer().encode("a")[0];
    }

    @AfterClass(alwaysRun = true)
    public void close() {
        engine.close();
        model.close();
    }

    /** The same letter again and again, so that each token is a chunk; a generation has at least one, and the computing of a prompt has none. */
    @Override
    public Flow.Publisher<Chunk> createFlowPublisher(long elements) {
        var session = engine.session().append("Once upon a time");
        var generation = elements == 0
                ? session.preload()
                : session.generate(o -> o.sampling(Sampling.greedy().logitBias(Map.of(letter, 1000f)))
                        .maxTokens((int) elements));
        return generation.publisher();
    }

    @Override
    public Flow.Publisher<Chunk> createFailedFlowPublisher() {
        var generation = engine.session()
                .append("Once upon a time")
                .generate(o -> o.sampling(Sampling.greedy().logitBias(Map.of(1_000_000, 1f))));
        return generation.publisher();
    }

    /** More than a session holds, for one test, which cancels after the tenth. */
    @Override
    public long maxElementsFromPublisher() {
        return Integer.MAX_VALUE;
    }
}
