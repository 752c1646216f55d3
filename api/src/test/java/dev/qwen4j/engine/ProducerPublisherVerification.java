package dev.qwen4j.engine;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/** The Reactive Streams TCK over a generation that a thread drives; run by {@link PublisherTckTest}. */
class ProducerPublisherVerification extends FlowPublisherVerification<Chunk> {
    ProducerPublisherVerification() {
        super(new TestEnvironment(10_000, 100, 20), 300);
    }

    /** Produces when it is subscribed to: the TCK asks for some that nobody will read, of two thousand million elements. */
    @Override
    public Flow.Publisher<Chunk> createFlowPublisher(long elements) {
        var producer = new ChunkProducer(elements, 4);
        var started = new AtomicBoolean();
        return subscriber -> {
            producer.generation().publisher().subscribe(subscriber);
            if (started.compareAndSet(false, true)) {
                producer.start();
            }
        };
    }

    @Override
    public Flow.Publisher<Chunk> createFailedFlowPublisher() {
        var generation = new ChunkProducer(0, 4).generation();
        generation.fail(new IllegalStateException("failed on purpose"));
        return generation.publisher();
    }
}
