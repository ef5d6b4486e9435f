import test from 'ava';
import {Text} from 'ink';
import {render} from 'ink-testing-library';

type Properties = {readonly name: string; readonly isLate: boolean};

function SourceLine({name, isLate}: Properties) {
	return <Text color={isLate ? 'yellow' : 'green'}>{name} {isLate ? 'LATE' : 'OK'}</Text>;
}

test('a component is drawn, and drawn anew when what it shows changes', t => {
	const {frames, rerender, unmount} = render(<SourceLine isLate={false} name='etc'/>);
	rerender(<SourceLine isLate name='etc'/>);
	unmount();
	t.deepEqual(frames.slice(0, 2), ['etc OK', 'etc LATE']);
});

test('stack traces name the line of the source', t => {
	t.regex(new Error('here').stack!, /tsx-loader\.test\.tsx:19:/);
});
