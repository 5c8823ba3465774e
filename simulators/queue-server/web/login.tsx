import { useState } from 'preact/hooks';
import { post } from './api.ts';
import { Words } from './words.tsx';

export function Login({ onOpen }: { onOpen: () => void }) {
  const [password, setPassword] = useState('');
  const [failed, setFailed] = useState(false);
  const enter = async (event: Event) => {
    event.preventDefault();
    const open = await post('login', { password });
    setFailed(!open);
    if (open) onOpen();
  };
  return (
    <form class="card login" onSubmit={(event) => void enter(event)}>
      <h1>Quầy tiếp dân</h1>
      <label>
        <Words vi="Mật khẩu" en="password, shown once at the server's first start" />
        <input
          type="password"
          autocomplete="current-password"
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="next">
        <Words vi="Đăng nhập" en="log in" />
      </button>
      {failed && (
        <p role="alert">
          <Words vi="Sai mật khẩu. Sau năm lần sai phải đợi 30 giây." en="Wrong password; after five, wait 30 seconds." />
        </p>
      )}
    </form>
  );
}
