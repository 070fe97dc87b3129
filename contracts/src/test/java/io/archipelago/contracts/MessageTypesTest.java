package io.archipelago.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.archipelago.contracts.allocation.AllocationCommand;
import io.archipelago.contracts.allocation.AllocationCommand.ReleaseAllocation;
import io.archipelago.contracts.allocation.AllocationEvent;
import io.archipelago.contracts.federation.ShareMessage;
import io.archipelago.contracts.host.HostMessage;
import io.archipelago.contracts.placement.PlacementMessage;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTypesTest {

    private static final Ids.AllocationId SHARE = Ids.AllocationId.parse("019357a0-0000-7000-8000-0000000000a1.tokyo");

    @ParameterizedTest
    @ValueSource(
            classes = {
                AllocationCommand.class,
                AllocationEvent.class,
                PlacementMessage.class,
                ShareMessage.class,
                HostMessage.class
            })
    void knowEveryRecordOfASealedInterface(Class<?> messages) {
        assertThat(MessageTypes.all().stream().map(Class::getName))
                .containsAll(records(messages).map(Class::getName).toList());
    }

    @Test
    void nameAMessageAndFindItsRecordByThatName() {
        String name = MessageTypes.nameOf(new ReleaseAllocation(SHARE, 3));

        assertThat(name).isEqualTo("allocation.release");
        assertThat(MessageTypes.classOf(name)).contains(ReleaseAllocation.class);
    }

    @Test
    void refuseARecordThatIsNotRegistered() {
        record Rumour() implements Message {}

        assertThatIllegalArgumentException()
                .isThrownBy(() -> MessageTypes.nameOf(new Rumour()))
                .withMessage("Rumour is not in the registry");
        assertThat(MessageTypes.classOf("rumour")).isEmpty();
    }

    @Test
    void areRecordsEachRegisteredOnce() {
        assertThat(MessageTypes.all()).doesNotHaveDuplicates().allMatch(Class::isRecord);
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(MessageTypesTest::records)
                : Stream.of(type);
    }
}
