// The entry of `actionlane/timeline` for Server Components, which have no elements: says where it works. Must not
// import anything.

throw new Error('actionlane/timeline: the element works in Client Components only: put "use client" at the top of the file that imports it');

export const ActionlaneTimeline = undefined;
export const showTimeline = undefined;
