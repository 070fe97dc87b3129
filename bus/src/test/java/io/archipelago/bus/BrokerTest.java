package io.archipelago.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

class BrokerTest {

    @Test
    void givesUpAProducerThatIsBroken() {
        assertThat(Broker.isFinal(new OutOfOrderSequenceException("lost"))).isTrue();
        assertThat(Broker.isFinal(new ProducerFencedException("fenced"))).isTrue();
    }

    @Test
    void blamesNoProducerForItsRecordOrTopic() {
        assertThat(Broker.isFinal(new RecordTooLargeException())).isFalse();
        assertThat(Broker.isFinal(new InvalidRecordException("no key"))).isFalse();
        assertThat(Broker.isFinal(new InvalidTopicException())).isFalse();
        assertThat(Broker.isFinal(new TopicAuthorizationException("not yours"))).isFalse();
        assertThat(Broker.isFinal(new TimeoutException())).isFalse();
    }

    @Test
    void tellsARefusedTopicFromARefusedRecord() {
        assertThat(Broker.isOfTopic(new UnknownTopicOrPartitionException())).isTrue();
        assertThat(Broker.isOfTopic(new TopicAuthorizationException("not yours")))
                .isTrue();
        assertThat(Broker.isOfTopic(new InvalidTopicException())).isTrue();
        assertThat(Broker.isOfTopic(new RecordTooLargeException())).isFalse();
        assertThat(Broker.isOfTopic(new TimeoutException())).isFalse();
    }
}
