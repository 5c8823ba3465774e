/** Unsubscribes; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** A typed list of listeners for one kind of happening. */
export class Signal<T> {
  private readonly listeners = new Set<(value: T) => void>();
  on(listener: (value: T) => void): Unsubscribe {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  emit(value: T): void {
    for (const listener of [...this.listeners]) listener(value);
  }
  get listenerCount(): number {
    return this.listeners.size;
  }
}
